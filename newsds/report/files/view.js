// In a .view, whatever shares a number in data-b belongs together: blocks (.b), values (.v), reasons (.w).
// Pointing at one, or focusing it, lights up the others; a click, Enter or Space keeps them lit; Escape lets go.
// Arrow keys, Home and End move within the page and within the record; Tab moves between them.
// Each choice is told as an event "newsds:select" of the view, with the numbers in detail.blocks.
"use strict";
{
  const kept = new WeakMap(); // view → the element whose relatives stay lit
  const numbers = (element) => (element.dataset.b ? element.dataset.b.split(" ") : []);
  const within = (event) => event.target.closest?.(".view [data-b]");

  function light(view, element) {
    const wanted = new Set(element ? numbers(element) : []);
    const lit = [];
    for (const other of view.querySelectorAll("[data-b]")) {
      const related = numbers(other).some((n) => wanted.has(n));
      other.classList.toggle("lit", related);
      if (related) lit.push(other);
    }
    return lit;
  }

  // scrolls the panes alone, not the window
  function reveal(element, lit) {
    const seen = new Set([element.closest(".page, .record, .why")]);
    for (const one of lit) {
      const pane = one.closest(".page, .record, .why");
      if (seen.has(pane)) continue;
      seen.add(pane);
      const inner = one.getBoundingClientRect();
      const outer = pane.getBoundingClientRect();
      if (inner.top < outer.top || inner.bottom > outer.bottom) {
        pane.scrollTop += inner.top - outer.top - outer.height / 3;
      }
    }
  }

  function keep(view, element) {
    const chosen = element && kept.get(view) !== element ? element : null;
    kept.set(view, chosen);
    for (const one of view.querySelectorAll("[aria-pressed]")) one.setAttribute("aria-pressed", String(one === chosen));
    const lit = light(view, chosen);
    if (chosen) reveal(chosen, lit);
    view.dispatchEvent(
      new CustomEvent("newsds:select", { bubbles: true, detail: { blocks: chosen ? numbers(chosen).map(Number) : [] } }),
    );
  }

  function move(element, key) {
    const kind = element.matches(".b") ? ".b" : ".v";
    const all = [...element.closest(".page, .record").querySelectorAll(kind)];
    const at = all.indexOf(element);
    const to = { ArrowDown: at + 1, ArrowRight: at + 1, ArrowUp: at - 1, ArrowLeft: at - 1, Home: 0, End: all.length - 1 }[key];
    const next = all[Math.max(0, Math.min(all.length - 1, to))];
    for (const one of all) one.tabIndex = one === next ? 0 : -1;
    next.focus();
  }

  document.addEventListener("pointerover", (event) => {
    const element = within(event);
    if (element) light(element.closest(".view"), element);
  });
  document.addEventListener("pointerout", (event) => {
    const view = within(event)?.closest(".view");
    if (view) light(view, kept.get(view));
  });
  document.addEventListener("focusin", (event) => {
    const element = within(event);
    if (element) reveal(element, light(element.closest(".view"), element));
  });
  document.addEventListener("focusout", (event) => {
    const view = within(event)?.closest(".view");
    if (view) light(view, kept.get(view));
  });
  document.addEventListener("click", (event) => {
    const element = within(event);
    if (element) keep(element.closest(".view"), element);
  });
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const element = within(event);
    if (!element || !element.matches(".b, .v")) return;
    const view = element.closest(".view");
    if (event.key === "Enter" || event.key === " ") keep(view, element);
    else if (event.key === "Escape") keep(view, null);
    else if (/^(Arrow(Down|Up|Left|Right)|Home|End)$/.test(event.key)) move(element, event.key);
    else return;
    event.preventDefault();
  });
}
