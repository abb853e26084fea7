"""The start page in JupyterLab: how a study stands, and a button for each command."""
