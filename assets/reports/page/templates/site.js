// Shows what a number is made of, sorts tables, and lists all sources. Nothing is requested: all of it is in the page.
(() => {
  const element = (id) => document.getElementById(id);
  // Five letters are four bytes, most significant first: see packed.py.
  const unpack = async (packed) => {
    const text = packed.textContent, missing = (5 - text.length % 5) % 5, whole = text + "w".repeat(missing);
    const view = new DataView(new ArrayBuffer(whole.length / 5 * 4));
    for (let at = 0, word = 0; at < whole.length; at++) {
      const code = whole.charCodeAt(at);
      word = word * 85 + (code === 120 ? 60 : code) - 35;
      if (at % 5 === 4) { view.setUint32((at - 4) / 5 * 4, word); word = 0; }
    }
    const bytes = new Uint8Array(view.buffer, 0, view.byteLength - missing);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
    return new Response(stream).text();
  };

  // What a number is made of stands in a panel, opened by the fragment of the address.
  const panel = element("panel"), body = element("panel-body");
  let sources, opener;
  const show = async () => {
    const name = decodeURIComponent(location.hash.slice(1));
    if (!/^(why|e):/.test(name)) { panel.close(); return; }
    sources ??= unpack(element("packed")).then((html) => new DOMParser().parseFromString(html, "text/html"));
    const found = (await sources).getElementById(name);
    if (!found) return;
    const article = document.importNode(found, true);
    article.removeAttribute("id");
    const heading = article.querySelector("h2");
    heading.tabIndex = -1;
    body.replaceChildren(article);
    if (!panel.open) panel.show();
    panel.scrollTop = 0;
    heading.focus({ preventScroll: true });
  };
  const close = () => {
    history.pushState(null, "", location.pathname + location.search);
    panel.close();
    opener?.focus();
  };
  addEventListener("hashchange", show);
  addEventListener("popstate", show);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#why:'], a[href^='#e:']");
    if (link && !panel.contains(link)) opener = link;
    if (link && link.hash === location.hash) show();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && panel.open) close(); });
  element("panel-close").addEventListener("click", close);
  if (location.hash) show();

  // What is folded away is unpacked when it is opened.
  document.addEventListener("toggle", async (event) => {
    const packed = event.target.open && event.target.querySelector(":scope > script.folded");
    if (!packed) return;
    const made = document.createElement("template");
    made.innerHTML = await unpack(packed);
    makeSortable(made.content);
    packed.replaceWith(made.content);
  }, true);

  // A click on a heading sorts the rows of a table, again the other way round.
  const sortKey = (row, column) => {
    const cell = row.cells[column], data = cell?.querySelector("data[value]");
    const text = (data ? data.value : cell?.textContent ?? "").trim();
    return text !== "" && !isNaN(text) ? Number(text) : text.toLowerCase();
  };
  // What has no number stays behind what has one, either way round.
  const compare = (a, b, down) => typeof a === typeof b ? (a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1) : typeof a === "number" ? -1 : 1;
  const sort = (table, column) => {
    const headings = table.tHead.rows[0].cells, heading = headings[column];
    const down = heading.getAttribute("aria-sort") === "ascending";
    for (const other of headings) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    const rows = [...table.tBodies[0].rows].map((row) => [sortKey(row, column), row]);
    rows.sort((a, b) => compare(a[0], b[0], down));
    table.tBodies[0].append(...rows.map(([, row]) => row));
  };
  function makeSortable(root) {
    for (const table of root.querySelectorAll("table.sortable")) {
      [...table.tHead.rows[0].cells].forEach((heading, column) => {
        const button = document.createElement("button");
        button.type = "button";
        button.append(...heading.childNodes);
        heading.append(button);
        button.addEventListener("click", () => sort(table, column));
      });
    }
  }
  makeSortable(document);
  window.unpack = unpack;
})();
