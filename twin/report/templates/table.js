// Sorts and filters the tables marked data-sortable. Without it all rows stand, unsorted.
"use strict";
(() => {
  const key = (row, column) => {
    const cell = row.cells[column];
    return cell.dataset.sort ?? cell.textContent.trim();
  };

  // Numbers before text; what is not known (nan, empty) last in either direction.
  const compare = (a, b, sign) => {
    const [emptyA, emptyB] = [a, b].map((v) => v === "" || v === "nan");
    if (emptyA || emptyB) return emptyA - emptyB;
    const [x, y] = [Number(a), Number(b)];
    if (!Number.isNaN(x) && !Number.isNaN(y)) return sign * (x - y);
    return sign * a.localeCompare(b, "en", { numeric: true });
  };

  const sortBy = (table, column) => {
    const headers = [...table.tHead.rows[0].cells];
    const rising = headers[column].getAttribute("aria-sort") !== "ascending";
    headers.forEach((header) => header.setAttribute("aria-sort", "none"));
    headers[column].setAttribute("aria-sort", rising ? "ascending" : "descending");
    const rows = [...table.tBodies[0].rows].map((row) => [key(row, column), row]);
    rows.sort((a, b) => compare(a[0], b[0], rising ? 1 : -1));
    table.tBodies[0].append(...rows.map(([, row]) => row));
  };

  const makeSortable = (table) => {
    [...table.tHead.rows[0].cells].forEach((header, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.append(...header.childNodes);
      header.append(button);
      header.setAttribute("aria-sort", "none");
      button.addEventListener("click", () => sortBy(table, column));
    });
  };

  const makeFilter = (table) => {
    const box = document.querySelector(`[data-filter="${table.id}"]`);
    const choice = document.querySelector(`[data-verdict="${table.id}"]`);
    const shown = document.querySelector(`[data-shown="${table.id}"]`);
    const rows = [...table.tBodies[0].rows];
    const texts = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
    const apply = () => {
      const words = box.value.toLowerCase().split(/\s+/).filter(Boolean);
      let count = 0;
      for (const row of rows) {
        const state = !choice.value || row.dataset.state === choice.value;
        const keep = state && words.every((word) => texts.get(row).includes(word));
        row.hidden = !keep;
        count += keep;
      }
      shown.textContent = count === rows.length ? `${count} racks` : `${count} of ${rows.length} racks`;
    };
    box.addEventListener("input", apply);
    choice.addEventListener("change", apply);
    apply();
  };

  for (const table of document.querySelectorAll("table[data-sortable]")) {
    makeSortable(table);
    makeFilter(table);
  }
})();
