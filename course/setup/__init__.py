"""Making `.venv` and opening JupyterLab, with the standard library alone.

`environment` makes, mends and enters a virtual environment; `install` fills it; `launch` opens JupyterLab.
"""
