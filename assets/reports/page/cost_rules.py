"""How each number of costs is made, in a sentence or two that a reader of the page gets.

Belongs here: words without figures. Does not belong here: inputs and rows (`derived_costs.py`), arithmetic
(`assets.costs`).
"""

from __future__ import annotations

from assets.costs.components import MANAGED, SELF_MANAGED

SUM = (
    "The sum of its parts in every draw. Means add up: the mean of the total is the sum of the means of its parts. "
    "Middles and ends do not: those of the total are over all draws of the total. A figure for a user or for a million "
    "messages divides the total of each draw by their number. The error of drawing is the standard error of the middle "
    "over eight sets of draws, each of a thousand and twenty-four points of a Sobol sequence that is scrambled anew."
)
ELSEWHERE = (
    "The sum of the same parts as at the cheapest place, at the prices of this place, in every draw. Means add up; "
    "middles and ends do not."
)
BILL = (
    "All in is the sum of these parts in every draw. Their means are shown. Infrastructure is the sum of the parts "
    "that whoever runs the fleet pays."
)
HOSTS = (
    "The hosts that cost least in each draw, times their price, with a system disk where the price has none. There are "
    "as many hosts as the largest of these needs takes, whole ones in each month. The number shown is the mean over "
    "all months and all draws."
)
COPIES = (
    "There is a copy for each data centre at least, and one for each host where several answer for one shard. And one "
    "backup: a copy of the archive, times the share that backups take, times their price."
)
PARTS = {
    "compute": HOSTS,
    "addresses": "Hosts that face the internet, times the price of an address.",
    "database": HOSTS,
    "archive_storage": "The archive over the planned use of a disk, times its copies, beyond what lies on the servers’ "
    "own disks; times the price of a volume. There is a copy for each data centre at least, and one for each host "
    "where several answer for one shard. A draw in which the servers’ own disks hold it all counts as nothing, and the "
    "amount is the mean of all draws.",
    "backups": "One archive, however many copies run, times the share that backups take, times their price.",
    "egress": "What all nodes send beyond what the prices of their servers include, tier by tier.",
    "rpc": "Nodes, as many as their connections at peak take, times calls a day, times the days of a month, times the "
    "credits of a call, in the cheapest plan.",
    "rln_gas": "Memberships, times the gas of registering and extending one, spread over the time that it holds; times "
    "the price of gas and that of ether.",
    "capital_cost": "The deposits, times what they would earn elsewhere in a month.",
    "rpc_rln_clients": "Members, times calls of a node a day, times the share of a day online, times the days of a "
    "month, times the credits of a call, in the cheapest plan.",
    "rpc_wallet": "Users, times calls of a wallet a day, times the share of a day online, times the days of a month, "
    "times the credits of a call, in the cheapest plan.",
    SELF_MANAGED: "As many hosts as the largest of these needs takes, whole ones in each month, times their price, "
    "with a system disk where the price has none. The archive lies on the servers’ own disks, which costs nothing "
    "besides, or on volumes: a copy of it over the planned use of a disk, times the price of a volume. Which of both "
    "is said beside the figure. " + COPIES,
    MANAGED: "As many plans as the largest of these needs takes, whole ones in each month, times their price. To that "
    "comes storage: a copy of the archive over the planned use of a disk, beyond what the plans hold. " + COPIES,
}
"""By part of a bill, how it is made in every draw."""
NEXT = "Infrastructure at the next cheapest place over infrastructure at the cheapest, both in the middle of all draws."
HELD_ALWAYS = (
    "The bill of infrastructure when these servers are rented all the time: their price, and storage, backups, traffic "
    "and chain access besides. They are enough in this share of all draws, a level that we chose. The ratio compares "
    "the middle of this bill with the middle of the bill in which the servers follow the need."
)
FULL = (
    "What the fullest role needs over what these servers have: the largest of its shares of processors, memory, "
    "connections and disk, in the draw at the confidence."
)
SENSITIVITY = (
    "The bill with this input at its low and at its high end and all others in the middle. Each is the sum of its "
    "parts, which are listed with the input in the middle, and at both ends. Nine draws of ten of the input lie "
    "between its ends. The share of uncertainty is its total Sobol index, of the variance of the bill over all draws. "
    "We search for the value at which another place is cheapest, from a tenth of the low end to ten times the high "
    "end. A share ends at one, and the size of a message where archives were measured."
)
HOSTED = (
    "What the seller asks for what it counts: users, messages, connections or minutes of them, tier by tier. What the "
    "plan includes, or a user, is taken off first. The plan is the cheapest that is enough in nineteen of twenty "
    "draws; where plans are sold in units, as many units as are enough. A user who is online has one connection. A "
    "message counts when it is sent, when it is received, or both, as the row of the price "
    "says. Prices that are no published ones are uncertain by their own range. The multiple divides the middle of this "
    "by the middle of infrastructure run oneself."
)
CHANGED = "The newest price over the one before, less one, both at the newest exchange rate."
MEMBERSHIP = "One membership for each sender, against the rate that the network allows in all over the rate of one."
DRAWN = (
    "Low, mid and high are the corners of a triangle, from which each draw takes a value. Of a factor, and where the "
    "high corner is ten times the low one or more, it is a triangle of logarithms. A month is a twelfth of a year."
)
"""How what is assumed is drawn."""
RESPONSE = (
    "The bill of this scenario with another number of users, in the same draws of all inputs. Senders grow with the "
    "users, and so do receivers where all users receive each message; nothing else differs. Places are those that may "
    "be the cheapest. Between two points the logarithm of a cost is a straight line over the logarithm of the users."
)
READING = (
    "The model is also run for a number of users between each two points. The error is the interpolated cost over the "
    "modelled one, less one, without its sign. Shown is the largest over all these numbers and percentiles."
)
ASKED_FOR = "What follows from the users of a scenario: the middle of all draws, and where nine draws of ten lie."
