// Samples: what is typed into "Find" hides those whose line does not hold all its words.
"use strict";
{
  const field = document.querySelector(".filter");
  const samples = [...document.querySelectorAll(".sample")];
  const lines = samples.map((one) => one.querySelector("summary").textContent.toLowerCase());
  field?.addEventListener("input", () => {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    samples.forEach((one, i) => {
      one.hidden = !words.every((word) => lines[i].includes(word));
      shown += one.hidden ? 0 : 1;
    });
    document.querySelector(".find [role=status]").textContent = words.length ? `${shown} of ${samples.length}` : "";
  });
}
