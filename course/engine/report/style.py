"""The style sheet of the HTML report.

It takes JupyterLab's own colours (https://jupyterlab.readthedocs.io/en/stable/developer/css.html), so that it
follows the light and the dark theme; the second value of each is for a page without them. The words beside
the bars carry the meaning: no colour is needed to read the report.
"""

STYLE = (
    ".gavel-report{font-family:var(--jp-ui-font-family,system-ui,sans-serif);"
    "font-size:var(--jp-content-font-size1,14px);color:var(--jp-content-font-color1,inherit);line-height:1.5}"
    ".gavel-report p{margin:.2em 0}"
    ".gavel-report code,.gavel-report pre{font-family:var(--jp-code-font-family,monospace);font-size:.93em}"
    ".gavel-report pre{margin:.2em 0;padding:.3em .6em;white-space:pre-wrap;overflow-wrap:break-word;"
    "word-break:normal;"
    "max-height:24em;overflow:auto;background:var(--jp-layout-color2,rgba(128,128,128,.12));color:inherit}"
    ".gavel-verdict{border-left:4px solid var(--jp-border-color1,#999);padding:.1em .8em;margin:.35em 0}"
    ".gavel-head{display:inline-flex;flex-wrap:wrap;column-gap:.5em;max-width:calc(100% - 1.2em);"
    "vertical-align:top}"
    ".gavel-head>span:last-child{flex:1 1 16em;min-width:0}"
    ".gavel-word{white-space:nowrap;font-weight:600}"
    ".gavel-holds{border-left-color:var(--jp-success-color1,#2e7d32)}"
    ".gavel-fails,.gavel-broken{border-left-color:var(--jp-error-color1,#c62828)}"
    ".gavel-stuck{border-left-color:var(--jp-warn-color1,#b26a00)}"
    ".gavel-open{border-left-color:var(--jp-info-color1,#0277bd);border-left-style:dashed}"
    ".gavel-unknown{border-left-style:dotted}"
    ".gavel-report dl{margin:.3em 0}"
    ".gavel-report dl>div{display:flex;flex-wrap:wrap;column-gap:.6em}"
    ".gavel-report dt{flex:0 0 5.5em;white-space:nowrap;font-weight:400;"
    "color:var(--jp-content-font-color2,inherit)}"
    ".gavel-report dd{flex:1 1 15em;margin:0;min-width:0}"
    ".gavel-report code{overflow-wrap:break-word}"
    ".gavel-report ul{margin:.2em 0;padding-left:1.6em}"
    ".gavel-why{margin:.5em 0;padding:.2em .8em;border:1px solid var(--jp-border-color2,#999)}"
    ".gavel-report summary{cursor:pointer}"
)
