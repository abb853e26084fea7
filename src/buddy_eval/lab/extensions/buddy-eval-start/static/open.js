// JupyterLab begins with the start page: its notebook, which `buddy-eval lab` has written, is opened and its cell run.
// Whoever opens any other address of JupyterLab gets that, and nothing runs. Written by hand in the shape in which
// JupyterLab loads an extension, so that nothing has to be built.
(window._JUPYTERLAB ??= {})["buddy-eval-start"] = {
  init() {},
  get: async () => () => ({
    id: "buddy-eval-start:open",
    autoStart: true,
    activate({ commands, restored }) {
      if (!location.pathname.endsWith("/lab/tree/start.ipynb")) return;
      restored.then(async () => { // JupyterLab is restored once every extension is active: waiting here would be for ever
        const panel = await commands.execute("docmanager:open", { path: "start.ipynb", factory: "Notebook" });
        await panel.context.ready;
        await panel.sessionContext.ready;
        await commands.execute("notebook:run-all-cells");
      });
    },
  }),
};
