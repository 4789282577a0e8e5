// Keys give blocks other roles. A change is shown when the server says that it is on the disk: what is seen is saved.
"use strict";
{
  const view = document.querySelector(".view");
  const tools = document.querySelector(".tools");
  const state = document.querySelector(".state");
  const complaint = document.querySelector(".complaint");
  const help = document.querySelector(".help");
  const blocks = () => [...view.querySelectorAll(".page .b")];
  let anchor = 0; // where a choice of several blocks began
  let chosen = [0];

  function choose(from, to) {
    anchor = from;
    chosen = [];
    blocks().forEach((block, n) => {
      const inside = n >= Math.min(from, to) && n <= Math.max(from, to);
      if (inside) chosen.push(n);
      block.classList.toggle("chosen", inside && from !== to);
    });
    if (chosen.length > 1) state.textContent = `${chosen.length} blocks chosen`;
  }

  // The answer holds the whole view anew; only what differs is replaced, so that focus and scrolling stay.
  function show(html) {
    const fresh = new DOMParser().parseFromString(html, "text/html");
    const renewed = [...fresh.querySelectorAll(".page .b")];
    blocks().forEach((block, n) => {
      const now = renewed[n].dataset.role;
      if (block.dataset.role === now) return;
      const chip = block.querySelector(".chip");
      for (const one of [block, chip]) {
        for (const name of [...one.classList]) if (name.startsWith("r-")) one.classList.remove(name);
        one.classList.add(`r-${now.replace("_", "-")}`);
      }
      chip.textContent = now;
      block.dataset.role = now;
    });
    for (const part of [".legend", ".record table", ".why table"]) {
      view.querySelector(part).replaceWith(fresh.querySelector(part));
    }
  }

  async function post(step) {
    let answer;
    try {
      answer = await fetch(location.pathname, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(step),
      });
    } catch {
      throw new Error("newsds label does not answer. Start it again with the same --out: all that is shown here is saved.");
    }
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  }

  let queue = Promise.resolve(); // one step after the other, in the order of the keys
  function send(step, then) {
    queue = queue.then(async () => {
      try {
        then(await post(step));
        complaint.textContent = "";
      } catch (error) {
        complaint.textContent = `Not saved: ${error.message}`;
        state.textContent = "";
      }
    });
  }

  function take(step) {
    send(step, (answer) => {
      show(answer.view);
      for (const name of ["undo", "redo"]) tools.querySelector(`[data-do="${name}"]`).disabled = !answer.state[name];
      state.textContent = answer.state.done ? "done" : "saved";
      if (step.do === "finish") location.assign(answer.next ?? "../");
    });
  }

  function give(role) {
    take({ do: "change", roles: Object.fromEntries(chosen.map((n) => [n, role])) });
  }

  function act(name) {
    if (name === "help") help.showModal();
    else take({ do: name });
  }

  tools.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.give) give(button.dataset.give);
    else if (button) act(button.dataset.do);
  });

  view.addEventListener("focusin", (event) => {
    const block = event.target.closest(".page .b");
    const n = block ? Number(block.dataset.b) : -1;
    if (block && !chosen.includes(n)) choose(n, n);
  });

  // with Shift a click would select text, and focus the block before the choice is made
  view.addEventListener("mousedown", (event) => {
    if (event.shiftKey && event.target.closest(".page .b")) event.preventDefault();
  });

  view.addEventListener("click", (event) => {
    const block = event.target.closest(".page .b");
    if (block) choose(event.shiftKey ? anchor : Number(block.dataset.b), Number(block.dataset.b));
  });

  // before the keys of the view, which move without choosing
  document.addEventListener(
    "keydown",
    (event) => {
      const block = event.target.closest(".page .b");
      if (help.open || event.target.closest("input, textarea")) return;
      const command = event.ctrlKey || event.metaKey;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      const button = tools.querySelector(`[data-key="${CSS.escape(key)}"]`);
      if (command && key === "Enter") act("finish");
      else if (command && key === "z") act(event.shiftKey ? "redo" : "undo");
      else if (command && key === "y") act("redo");
      else if (!block || command || event.altKey) return;
      else if (event.key === "?") act("help");
      else if (event.shiftKey && /^Arrow(Up|Down)$/.test(key)) {
        const all = blocks();
        const from = anchor;
        const to = Math.max(0, Math.min(all.length - 1, Number(block.dataset.b) + (key === "ArrowDown" ? 1 : -1)));
        for (const one of all) one.tabIndex = one === all[to] ? 0 : -1;
        all[to].focus();
        choose(from, to);
      } else if (/^(Arrow(Up|Down|Left|Right)|Home|End)$/.test(key)) {
        choose(Number(block.dataset.b), Number(block.dataset.b)); // and move, as in every view
        return;
      } else if (event.shiftKey) return;
      else if (key === "u") act("undo");
      else if (key === "y") act("redo");
      else if (button) give(button.dataset.give);
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    true,
  );

  document.querySelector(".case form")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.target));
    send({ do: "case", ...values }, (answer) => (state.textContent = `added: ${answer.case}`));
  });

  blocks()[0]?.focus({ preventScroll: true });
}
