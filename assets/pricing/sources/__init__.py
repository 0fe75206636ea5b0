"""One module per source of prices: how to ask it, and what its answers mean.

Belongs here: addresses, pages, the shape of answers. Does not belong here: whether a price is accepted (`model.py`),
HTTP itself (`assets/common/http.py`).
"""
