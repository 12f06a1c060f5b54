// @ts-check
/** Pages work without this; with it they come alive. */
document.documentElement.dataset.script = "on";
