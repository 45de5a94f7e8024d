"""Style sheet of all HTML and SVG: color tokens for a light and a dark scheme, and CSS rules.

A test requires a contrast of at least 4.5 to 1 (WCAG 2.2, success criterion 1.4.3) for every pair
of text color and background. The CSS loads nothing.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

Tone = Literal["error", "warning", "info", "good", "plain"]
"""Semantic color of a word; color is never the only carrier of the meaning (WCAG 1.4.1)."""

HUES = 6
"""Number of colors that distinguish groups; the palettes below define each."""

LIGHT: Mapping[str, str] = MappingProxyType(
    {
        "ground": "#ffffff", "page": "#f6f6f3", "soft": "#f3f4f6", "line": "#d9dce2",
        "faint": "#eceef1", "ink": "#1b1d22", "muted": "#596070", "link": "#1f5fbf",
        "error": "#a8201a", "error-ground": "#fdecea",
        "warning": "#7a4b00", "warning-ground": "#fff1d6",
        "info": "#124f96", "info-ground": "#e6f0fc",
        "good": "#17623a", "good-ground": "#e3f4ea",
        "plain": "#474d5b", "plain-ground": "#eceef1",
        "hue-0": "#2f6fde", "hue-0-ground": "#e9f0fd",
        "hue-1": "#0e8a76", "hue-1-ground": "#e2f5f1",
        "hue-2": "#7c52d1", "hue-2-ground": "#f1ecfd",
        "hue-3": "#b87a00", "hue-3-ground": "#fcf3dd",
        "hue-4": "#c43d76", "hue-4-ground": "#fdebf2",
        "hue-5": "#5c861d", "hue-5-ground": "#eef5e0",
        "hue-none": "#80879a", "hue-none-ground": "#f1f2f5",
    }
)  # fmt: skip
"""Color tokens of the light scheme; a token `x-ground` is the background of the color `x`."""

DARK: Mapping[str, str] = MappingProxyType(
    {
        "ground": "#16181d", "page": "#101216", "soft": "#1e2127", "line": "#373c47",
        "faint": "#262a32", "ink": "#e9ebef", "muted": "#a4abb9", "link": "#8db8ff",
        "error": "#ffb3ab", "error-ground": "#4b1a16",
        "warning": "#ffcb80", "warning-ground": "#43300a",
        "info": "#a9cdff", "info-ground": "#152f4f",
        "good": "#96dcb2", "good-ground": "#14371f",
        "plain": "#c3c8d2", "plain-ground": "#2a2e37",
        "hue-0": "#6f9ff5", "hue-0-ground": "#1c2942",
        "hue-1": "#3fb8a2", "hue-1-ground": "#14302c",
        "hue-2": "#a98af0", "hue-2-ground": "#2a2342",
        "hue-3": "#d9a23c", "hue-3-ground": "#352a12",
        "hue-4": "#e878a6", "hue-4-ground": "#3b1e2b",
        "hue-5": "#93bd52", "hue-5-ground": "#242f14",
        "hue-none": "#8b93a5", "hue-none-ground": "#262a32",
    }
)  # fmt: skip
"""Color tokens of the dark scheme, with the same names."""

# Selectors of hosts that choose a scheme themselves: JupyterLab, VS Code, Sphinx themes.
_DARK_PLACES = ('[data-jp-theme-light="false"]', ".vscode-dark", '[data-theme="dark"]')
_LIGHT_PLACES = ('[data-jp-theme-light="true"]', ".vscode-light", '[data-theme="light"]')

_BASE = """
.mic,.mic *{box-sizing:border-box}
.mic{container-type:inline-size;background:var(--ground);color:var(--ink);
font:400 15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;
font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
.mic h1,.mic h2,.mic h3{line-height:1.2;margin:0;text-wrap:balance}
.mic h3{font-size:1.05rem;margin:1.5rem 0 .5rem}
.mic p{margin:.5rem 0;max-width:68ch}
.mic code{font:.86em/1.4 ui-monospace,"SF Mono",Menlo,Consolas,monospace;color:inherit;
background:none;padding:0;border:0}
.mic a{color:var(--link)}
.mic dl{display:grid;grid-template-columns:max-content 1fr;gap:.15rem 1rem;margin:0 0 .8rem}
.mic dt{color:var(--muted)}.mic dd{margin:0}
.mic .muted{color:var(--muted)}
.mic .note{color:var(--muted);font-size:.86rem;margin:.6rem 0 0}
.mic .frame{overflow-x:auto;margin:0 0 1rem}
.mic .frame:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.mic .tag{display:inline-block;padding:.05rem .5rem;border-radius:1rem;font-size:.8rem;
font-weight:600;line-height:1.45;white-space:nowrap;border:1px solid currentColor}
.mic .counts{display:flex;flex-wrap:wrap;gap:.4rem;margin:0 0 .8rem;padding:0;list-style:none}
.mic details{margin:.4rem 0 1.2rem}
.mic summary{cursor:pointer;color:var(--muted);font-size:.86rem;padding:.2rem 0;width:fit-content}
.mic summary:hover{color:var(--ink)}
.mic summary:focus-visible{outline:2px solid var(--link);outline-offset:2px;border-radius:3px}
"""

_TABLES = """
.mic table{border-collapse:collapse;width:100%;margin:0;font-size:.9rem;color:inherit;
background:none;border:0;table-layout:auto}
.mic caption{caption-side:top;text-align:start;font-weight:600;font-size:.98rem;color:var(--ink);
padding:0 0 .55rem}
.mic table.list th,.mic table.list td{padding:.5rem .8rem;text-align:start;vertical-align:top;
border:0;border-bottom:1px solid var(--faint);background:none;max-width:60ch;min-width:5rem;
overflow-wrap:break-word;unicode-bidi:plaintext;white-space:normal}
.mic table.list thead th{font-weight:600;font-size:.8rem;color:var(--muted);white-space:nowrap;
border-bottom:1px solid var(--line);vertical-align:bottom}
.mic table.list thead th::first-letter{text-transform:uppercase}
.mic table.list tbody th{font-weight:500}
.mic table.list tbody th:not(:has(.tag)){min-width:9rem}
.mic table.list th:first-child,.mic table.list td:first-child{padding-inline-start:0}
.mic table.list .number{text-align:end;white-space:nowrap;min-width:4rem}
.mic .bar{display:block;height:.7rem;min-width:6rem;border-radius:.35rem;background:var(--faint);
overflow:hidden;margin:.36rem 0}
.mic .bar span{display:block;height:100%;width:var(--part);background:var(--hue-0);
border-radius:inherit}
.mic .gauge{min-width:6rem;margin:.36rem 0}
.mic .gauge .track{fill:var(--faint)}
.mic .gauge .possible{fill:var(--hue-0);opacity:.4}
.mic .gauge .reached{fill:var(--hue-0)}
.mic .gauge .due{fill:var(--ink)}
.mic .mend{display:block;color:var(--muted);margin-top:.15rem}
.mic .name{display:block}
.mic .about{color:var(--muted)}
.mic table.list .wide{min-width:min(16rem,70cqi)}
.mic table.list .told{min-width:min(11rem,70cqi)}
.mic table.list code{white-space:nowrap}
@container (max-width:38rem){
.mic table.list,.mic table.list tbody,.mic table.list tr,.mic table.list th,.mic table.list td{
display:block;min-width:0;max-width:none}
.mic table.list caption{display:block}
.mic table.list thead{display:none}
.mic table.list tr{border-top:1px solid var(--line);padding:.55rem 0}
.mic table.list tbody th,.mic table.list td{border:0;padding:.1rem 0}
.mic table.list tbody th{font-weight:600}
.mic table.list td.number,.mic table.list th.number{text-align:start}
.mic table.list td[data-label]::before{content:attr(data-label) ": ";color:var(--muted);
font-size:.84em}
.mic table.list td:empty{display:none}
.mic table.list .wide,.mic table.list .told,.mic table.list .bar{min-width:0}
.mic table.list code{white-space:normal}
}
"""

_GRID = """
.mic table.week{table-layout:fixed;min-width:calc(3.2rem + var(--lanes)*7.5rem)}
.mic table.week th,.mic table.week td{padding:0;border:0;background:none;text-align:start;
vertical-align:top}
.mic table.week col{width:calc(var(--lanes)*7.5rem)}
.mic table.week col.hours{width:3.2rem}
.mic table.week thead th{font-size:.84rem;font-weight:600;padding:.3rem .5rem;
border-bottom:1px solid var(--line)}
.mic table.week thead th.idle{color:var(--muted);font-weight:400}
.mic table.week thead th.hours,.mic table.week tbody th{color:var(--muted);font-weight:400;
font-size:.76rem;padding-inline-start:0;white-space:nowrap}
.mic table.week tbody tr{position:relative;border-bottom:1px solid var(--faint)}
.mic .axis,.mic .day{height:calc(var(--height)*1rem);margin:0;padding:0;list-style:none;
font-size:inherit}
.mic .axis li{position:absolute;inset-inline:0;top:calc(var(--at)*1rem);margin:0;line-height:1.2;
padding-top:.2rem;border-top:1px solid var(--faint)}
.mic .axis li:first-child{border-top-color:transparent}
.mic .axis li.pause{height:1.6rem;padding:.3rem .6rem;text-align:center;background:
repeating-linear-gradient(-45deg,var(--faint) 0 1px,transparent 1px 7px);z-index:0}
.mic .day{position:relative;border-inline-start:1px solid var(--faint)}
.mic .week td .label{display:none}
.mic .block{position:absolute;top:calc(var(--at)*1rem + 1px);height:calc(var(--tall)*1rem - 2px);
left:calc(var(--left) + 3px);width:calc(var(--part) - 4px);overflow:hidden;padding:.2rem .45rem;
margin:0;border-radius:5px;border:1px solid transparent;border-inline-start:4px solid var(--edge);
background:var(--fill);color:var(--ink);font-size:.8rem;line-height:1.05rem}
.mic .block:hover{height:auto;min-height:calc(var(--tall)*1rem - 2px);z-index:3;
box-shadow:0 2px 10px rgb(0 0 0/.25)}
.mic .block .texts{max-height:calc(var(--rows)*1.05rem);overflow:hidden;display:-webkit-box;
-webkit-box-orient:vertical;-webkit-line-clamp:var(--rows);line-clamp:var(--rows)}
.mic .block .texts>*{display:block;margin:0;line-height:1.05rem}
.mic .block strong{font-weight:650;unicode-bidi:plaintext;text-align:start}
.mic .block .time,.mic .block .rest{color:var(--muted);font-size:.76rem}
.mic .block .rest{unicode-bidi:plaintext;text-align:start}
.mic .block .rest>*{margin-inline-end:.5rem}
.mic .block .rest code{font-size:.95em;line-height:1}
.mic .block .tag{width:fit-content;max-width:100%;padding:0 .35rem;border:0;border-radius:3px;
font-size:.72rem;white-space:normal}
.mic .block.brief{padding-block:.05rem}
.mic .block.brief .texts{display:block;text-overflow:ellipsis;white-space:nowrap}
.mic .block.brief .texts>*{display:inline;margin-inline-end:.35rem}
.mic .block:hover .texts{max-height:none;display:block;white-space:normal}
.mic .block.gone{background:none;border:1px dashed var(--edge)}
.mic .block.gone strong{text-decoration:line-through;font-weight:500}
.mic .block.wrong{border:1px solid var(--error);border-inline-start:4px double var(--error)}
.mic .legend{display:flex;flex-wrap:wrap;gap:.2rem 1rem;list-style:none;padding:0;margin:0 0 1rem;
font-size:.82rem;color:var(--muted)}
.mic .legend li{margin:0;border-inline-start:4px solid var(--edge);background:var(--fill);
padding:0 .5rem;border-radius:3px}
.mic .idle-weeks{color:var(--muted);font-size:.88rem;margin:1rem 0}
.mic svg{max-width:100%;height:auto;display:block}
@container (max-width:34rem){
.mic table.week,.mic table.week tbody,.mic table.week tr{display:block;min-width:0}
.mic table.week thead,.mic table.week tbody th,.mic table.week colgroup{display:none}
.mic table.week caption{display:block}
.mic table.week td{display:block;border-top:1px solid var(--line)}
.mic table.week td.idle{display:none}
.mic .week td .label{display:block;font-weight:600;font-size:.84rem;padding:.35rem 0 .1rem}
.mic .day{height:auto;background:none;border:0;padding:0 0 .4rem}
.mic .block,.mic .block:hover{position:static;width:auto;height:auto;min-height:0;
margin:0 0 .35rem;box-shadow:none}
.mic .block .texts,.mic .block.brief .texts{max-height:none;display:block;white-space:normal}
}
"""

_PAGE = """
body.mic{container-type:normal;margin:0;background:var(--page)}
.mic main{max-width:74rem;margin:0 auto;padding:clamp(1rem,4vw,3rem) clamp(.75rem,4vw,2.5rem) 4rem}
.mic main>header{margin:0 0 2rem}
.mic h1{font-size:clamp(1.6rem,1.1rem + 2.2vw,2.5rem);letter-spacing:-.015em;font-weight:680}
.mic nav ol{display:flex;flex-wrap:wrap;gap:.25rem 1.25rem;list-style:none;padding:0;
margin:1rem 0 0;font-size:.9rem}
.mic nav a{text-decoration:none;border-bottom:1px solid var(--line);padding-bottom:1px}
.mic nav a:hover,.mic nav a:focus-visible{border-color:currentColor}
.mic .lead{font-size:1.05rem;margin:0 0 1.5rem}
.mic .card{container-type:inline-size;background:var(--ground);border:1px solid var(--line);
border-radius:12px;padding:clamp(.9rem,2.5vw,1.6rem);margin:0 0 1.25rem;scroll-margin-top:1rem}
.mic .card>h2{font-size:1.3rem;margin:0 0 .7rem;font-weight:650;letter-spacing:-.005em}
.mic .card>:last-child{margin-bottom:0}
@media print{body.mic,.mic .card{background:none;border:0;padding:0}
.mic .block{print-color-adjust:exact;break-inside:avoid}}
"""


def _tokens_rule(selector: str, tokens: Mapping[str, str], scheme: str) -> str:
    """A CSS rule that sets the tokens of a scheme as custom properties."""
    values = "".join(f"--{name}:{value};" for name, value in tokens.items())
    return f"{selector}{{{values}color-scheme:{scheme}}}"


def _color_classes() -> str:
    """CSS classes of the tones and hues."""
    tones = ("error", "warning", "info", "good", "plain")
    hues = [*map(str, range(HUES)), "none"]
    return "".join(
        [
            *(f".mic .{tone}{{color:var(--{tone});background:var(--{tone}-ground)}}"
              for tone in tones),
            *(f".mic .hue-{hue}{{--edge:var(--hue-{hue});--fill:var(--hue-{hue}-ground)}}"
              for hue in hues),
        ]
    )  # fmt: skip


def _minified(css: str) -> str:
    """CSS without line breaks; the constants above only break lines where none is needed."""
    return css.replace("\n", "")


def schemes(selector: str) -> str:
    """CSS rules with the tokens for a selector, by the preference of the browser or of the host.

    >>> "prefers-color-scheme:dark" in schemes(".x")
    True
    """
    dark = f"@media (prefers-color-scheme:dark){{{_tokens_rule(selector, DARK, 'dark')}}}"
    hosts = (
        _tokens_rule(",".join(f"{place} {selector}" for place in places), tokens, scheme)
        for places, tokens, scheme in (
            (_LIGHT_PLACES, LIGHT, "light"),
            (_DARK_PLACES, DARK, "dark"),
        )
    )
    return "".join([_tokens_rule(selector, LIGHT, "light"), dark, *hosts])


STYLE = "".join(
    [
        schemes(".mic"),
        *map(_minified, (_BASE, _TABLES, _GRID)),
        _color_classes(),
    ]
)
"""Style sheet of every fragment of HTML; all selectors are scoped to the class `mic`."""

PAGE_STYLE = STYLE + _minified(_PAGE)
"""Style sheet of a complete document."""
