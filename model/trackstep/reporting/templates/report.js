// Adds filtering, folding and copying to a page that is whole without them.
"use strict";
(() => {
  const all = (where, from = document) => Array.from(from.querySelectorAll(where));
  for (const part of all("[data-script]")) part.hidden = false;

  for (const button of all("[data-unfold], [data-fold]")) {
    button.addEventListener("click", () => {
      const { unfold, fold } = button.dataset;
      for (const part of all(unfold || fold)) part.open = Boolean(unfold);
    });
  }

  const form = document.querySelector("form.filters");
  if (form) {
    const rows = all("[data-clause]").map((row) => ({ row, words: row.textContent.toLowerCase() }));
    const filter = () => {
      const chosen = Object.fromEntries(new FormData(form));
      const words = chosen.words.toLowerCase().split(/\s+/).filter(Boolean);
      let shown = 0;
      for (const { row, words: has } of rows) {
        const fits = (!chosen.area || row.dataset.areaId === chosen.area)
          && (!chosen.level || row.dataset.level === chosen.level)
          && (!chosen.verdict || row.dataset.verdict === chosen.verdict)
          && words.every((word) => has.includes(word));
        row.hidden = !fits;
        shown += fits;
      }
      for (const area of all("[data-area]")) area.hidden = !area.querySelector("[data-clause]:not([hidden])");
      form.querySelector("output").textContent = `${shown} of ${rows.length} clauses`;
    };
    form.addEventListener("input", filter);
    form.addEventListener("submit", (event) => event.preventDefault());
    // A link to a clause that is filtered away shows it all the same.
    window.addEventListener("hashchange", () => {
      const row = document.getElementById(decodeURIComponent(location.hash.slice(1)));
      if (row && row.hidden) { form.reset(); filter(); row.scrollIntoView(); }
    });
    filter();
  }

  for (const pre of all(".program pre")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy screen";
    button.textContent = "Copy";
    button.addEventListener("click", async () => {
      const text = pre.textContent;
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        const range = document.createRange(); // a page opened from disk may not write: select it, Ctrl-C does the rest
        range.selectNodeContents(pre);
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        button.textContent = "Selected";
        return;
      }
      button.textContent = "Copied";
    });
    pre.before(button);
  }

  let folded = [];
  window.addEventListener("beforeprint", () => {
    folded = all("details.deviation:not([open])");
    for (const part of folded) part.open = true;
  });
  window.addEventListener("afterprint", () => { for (const part of folded) part.open = false; });
})();
