// Puts on the theme that was chosen in this browser, before anything is drawn.
"use strict";
{
  const chosen = localStorage.getItem("tidegate-theme");
  if (chosen === "dark" || chosen === "light") {
    document.documentElement.dataset.theme = chosen;
  }
}
