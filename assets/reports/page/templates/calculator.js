// Costs for a number of users that a reader types: interpolates between points of the cost model, which are in the page.
(async () => {
  const element = (id) => document.getElementById(id);
  if (!element("own-data")) return;
  const kinds = JSON.parse(await unpack(element("own-data")));
  const form = element("own-form"), input = element("own-users"), problem = element("own-problem"), said = element("own-said");

  // Numbers are written as formats.py writes them. A tie goes to the even digit, which toFixed does not do.
  const fixed = (value, decimals) => {
    const [whole, part] = value.toFixed(100).split(".");
    const cut = decimals ? `${whole}.${part.slice(0, decimals)}` : whole;
    return /^50*$/.test(part.slice(decimals)) && Number(cut.at(-1)) % 2 === 0 ? cut : value.toFixed(decimals);
  };
  const grouped = (text) => text.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ","));
  const count = (value) => grouped(value.toFixed(0));
  const usd = (value, about) => {
    const sign = about && value ? "≈ USD " : "USD ", power = Number(value.toExponential().split("e")[1]);
    if (value === 0) return sign + count(value);
    if (value < 1) return sign + fixed(value, 1 - power);
    if (value < 1000) return sign + grouped(fixed(value, value < 100 ? 2 : 0));
    const unit = 10 ** (power - 2), rest = value % unit, base = value - rest;
    return sign + count(rest > unit / 2 || (rest === unit / 2 && (base / unit) % 2 === 1) ? base + unit : base);
  };

  // Each percentile lies on a straight line between two points: logarithm of cost over logarithm of users.
  const between = (users, [low, one], [high, other]) => {
    if (users === low || users === high || one.includes(null) || other.includes(null)) return users === high ? other : one;
    const share = Math.log(users / low) / Math.log(high / low);
    return one.map((value, index) => Math.exp(Math.log(value) * (1 - share) + Math.log(other[index]) * share));
  };
  const numbers = (series) => [...new Set(Object.values(series.places).flatMap((rows) => Object.keys(rows).map(Number)))];
  const read = (series, users) => {
    const known = numbers(series);
    const low = Math.max(...known.filter((each) => each <= users)), high = Math.min(...known.filter((each) => each >= users));
    let best;
    for (const [place, rows] of Object.entries(series.places)) {
      const one = rows[low], other = rows[high];
      if (!one || !other) continue;
      const [infrastructure, all_in] = [1, 2].map((index) => between(users, [low, one[index]], [high, other[index]]));
      if (!best || infrastructure[1] < best.infrastructure[1]) best = { place, infrastructure, all_in, low, high, about: one[0] || other[0] };
    }
    return best;
  };

  const write = (cell, spread, about) => {
    const [low, middle, high] = spread.map((value) => (value === null ? "not known" : usd(value, about)));
    const link = document.createElement("a");
    link.className = "why";
    link.href = "#own-points";
    link.textContent = middle;
    cell.querySelector(".middle").replaceChildren(link);
    cell.querySelector(".interval").textContent = spread[1] === null ? "" : `${low} to ${high}`;
  };
  const obstacle = (series, users) => {
    const needed = Math.max(Math.round(users * series.memberships_each), 1);
    if (needed > series.room) return `Too many users: ${count(needed)} memberships needed, the network allows ${count(series.room)}.`;
    if (series.sends_too_much) return "Cannot run so: a sender publishes more than its membership allows.";
    if (needed <= series.sure_room) return "";
    const [used, least] = series.limits;
    return `Perhaps too many users: a source states a limit of ${least} messages an epoch for the whole network, where we use ${used}.`;
  };
  const show = (name, series, users) => {
    const found = series && read(series, users), place = element(`own-${name}-place`);
    if (!place) return "";
    place.textContent = found ? found.place : "no known place";
    element(`own-${name}-between`).textContent = !found ? "" : found.low === found.high ? "the model was run for this number of users" : `interpolated between ${count(found.low)} and ${count(found.high)} users`;
    const hindered = series?.room === undefined ? "" : obstacle(series, users), shown = element(`own-${name}-obstacle`);
    shown.hidden = !hindered;
    shown.classList.toggle("fail", !hindered.startsWith("Perhaps"));
    shown.classList.toggle("unknown", hindered.startsWith("Perhaps"));
    shown.querySelector("span").textContent = hindered;
    if (series) element(`own-${name}-why`).href = series.why;
    for (const total of ["infrastructure", "all_in"]) {
      const row = element(`own-${name}-${total}`), spread = found?.[total] ?? [null, null, null];
      write(row.querySelector(".month"), spread, found?.about);
      write(row.querySelector(".user"), spread.map((value) => (value === null ? null : value / users)), found?.about);
      row.lastElementChild.textContent = series?.errors[total] ?? "not known";
    }
    const [infrastructure, all] = ["infrastructure", "all_in"].map((total) => usd(found?.[total][1] ?? NaN, found?.about));
    const reads = found && found.all_in[1] !== null ? `${infrastructure} of infrastructure, ${all} all in` : found ? `${infrastructure} of infrastructure` : "not known";
    return `${name === "rln" ? "with" : "without"} RLN ${reads}`;
  };

  let later;
  const update = () => {
    const kind = kinds[new FormData(form).get("kind")], { plain, rln } = kind.series;
    const known = Object.values(kind.series).flatMap(numbers), least = Math.min(...known), most = Math.max(...known);
    element("own-range").textContent = `From ${count(least)} to ${count(most)}.`;
    const typed = input.value.replace(/[\s,_’']/g, ""), users = Number(typed);
    const is_fine = /^\d+$/.test(typed) && users >= least && users <= most;
    input.setAttribute("aria-invalid", String(!is_fine));
    problem.textContent = is_fine ? "" : `Type a whole number of users from ${count(least)} to ${count(most)}.`;
    element("own-result").hidden = !is_fine;
    said.hidden = !is_fine;
    if (!is_fine) return;
    const parts = [show("plain", plain, users), show("rln", rln, users)].filter(Boolean);
    clearTimeout(later); // a screen reader hears the result once, not at each key
    later = setTimeout(() => { said.textContent = `${kind.name} with ${count(users)} active users, a month: ${parts.join("; ")}.`; }, 400);
  };
  form.addEventListener("input", update);
  form.addEventListener("submit", (event) => event.preventDefault());
  element("own").addEventListener("click", (event) => { if (event.target.closest('[href="#own-points"]')) element("own-points").open = true; });
  element("own").hidden = false;
  if (location.hash === "#own") element("own").scrollIntoView(); // it was hidden when the page was opened there
})();
