// Runs before the first paint, so that a chosen theme never flashes the other one.
(function () {
  var theme = null;
  try {
    theme = localStorage.getItem("theme");
  } catch {
    // Storage is refused in some private windows; the system's own theme is then right.
  }
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
})();
