// Lists all rows of evidence, filtered. They are in the page, as JSON: columns and rows.
(() => {
  const element = (id) => document.getElementById(id);
  const form = element("filters");
  const STEP = 100;
  let limit = STEP;
  const all = unpack(element("all-rows")).then(JSON.parse);
  const add = (parent, tag, text, className) => {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    parent.append(made);
    return made;
  };
  const listed = (row, { tables, places, uses }) => {
    const item = document.createElement("article");
    item.id = `e:${row.id}`;
    const heading = add(item, "h2", "");
    const permalink = add(heading, "a", `${tables[row.table]}: ${row.id.slice(row.id.indexOf("/") + 1)}`);
    permalink.href = `#row:${row.id}`;
    const says = add(item, "p", undefined, "says");
    add(says, "b", row.value === null ? (row.grade === "not_found" ? "looked for, and not found" : "not published") : [row.value, row.unit].filter(Boolean).join(" "));
    says.append(" ");
    add(says, "span", row.grade.replaceAll("_", " "), `grade ${row.grade}`);
    if (row.condition) add(item, "p", row.condition);
    const source = add(item, "p", "Source: ");
    if (/^https?:/.test(row.url)) {
      const link = add(source, "a", row.source);
      link.href = row.url;
      link.rel = "noreferrer";
    } else source.append(row.source);
    if (row.note) add(item, "p", row.note, "muted");
    add(item, "p", `${row.as_of}, ${places[row.file]}:${row.line}`, "muted");
    if (row.mark) {
      const [mark, by, on, place] = row.mark;
      const said = add(item, "p", `Marked as ${mark} by ${by.replaceAll("_", " ")} on ${on}: `, mark);
      add(said, "a", "the mark").href = `#row:${place}`;
    }
    const used = uses[row.uses].map(([table, count]) => `${table.replaceAll("_", " ")} (${count})`).join(", ");
    add(item, "p", used ? `Used by: ${used}` : "Nothing that is released is based on it.", "muted");
    return item;
  };
  const fill = async () => {
    const data = await all;
    const asked = Object.fromEntries(new FormData(form));
    const words = asked.text.toLowerCase().split(/\s+/).filter(Boolean);
    const name = decodeURIComponent(location.hash.slice(1));
    const only = /^(row|e):/.test(name) ? name.replace(/^(row|e):/, "") : "";
    const found = data.rows.filter((row) => only ? row.id === only :
      (!asked.table || data.tables[row.table] === asked.table) && (!asked.grade || row.grade === asked.grade) &&
      (!asked.mark || (row.mark?.[0] ?? "not reviewed") === asked.mark) &&
      (!asked.from || row.as_of >= asked.from) && (!asked.to || row.as_of <= asked.to) &&
      words.every((word) => row.text.includes(word)));
    element("found").textContent = `${found.length.toLocaleString("en-GB")} of ${data.rows.length.toLocaleString("en-GB")} rows`;
    element("rows").replaceChildren(...found.slice(0, limit).map((row) => listed(row, data)));
    element("more").hidden = found.length <= limit;
  };
  all.then((data) => {
    const rows = data.rows.map((cells) => Object.fromEntries(data.columns.map((column, index) => [column, cells[index]])));
    for (const row of rows) row.text = [row.id, row.value, row.unit, row.condition, row.source, row.note].join(" ").toLowerCase();
    data.rows = rows;
    for (const [name, values] of [["table", data.tables], ["grade", [...new Set(rows.map((row) => row.grade))]]]) {
      for (const value of [...values].sort()) {
        const option = document.createElement("option");
        option.value = value;
        option.textContent = value.replaceAll("_", " ");
        form.elements[name].append(option);
      }
    }
    fill();
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("input", () => { limit = STEP; if (location.hash) history.replaceState(null, "", location.pathname); fill(); });
  element("more").addEventListener("click", () => { limit += STEP; fill(); });
  addEventListener("hashchange", fill);
})();
