#include "orogen/report/page/page.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "orogen/report/page/markup.hpp"
#include "orogen/report/page/svg.hpp"

namespace orogen::report {
namespace {

using markup::escape;

const char* page_style() {
  return R"(:root{color-scheme:light dark;--paper:#fff;--panel:#f6f7f8;--ink:#1d2126;--muted:#5c626c;
--rule:#e1e3e6;--good:#1d7a4f;--bad:#b3261e}
@media (prefers-color-scheme:dark){:root{--paper:#14171b;--panel:#1c2026;--ink:#e7e9ec;--muted:#9aa1ac;
--rule:#2d323a;--good:#63c99a;--bad:#f2857c}}
@media print{:root{color-scheme:light;--paper:#fff;--panel:#fff;--ink:#000;--muted:#444;--rule:#ccc;
--good:#1d7a4f;--bad:#b3261e}}
*{box-sizing:border-box}
body{margin:0 auto;padding:2.2rem 1.2rem 3rem;max-width:66rem;background:var(--paper);color:var(--ink);
font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
-webkit-text-size-adjust:100%}
h1{font-size:1.75rem;line-height:1.2;font-weight:650;letter-spacing:-.015em;margin:0}
h2{font-size:1.2rem;font-weight:650;margin:0 0 1rem}
h3{font-size:.95rem;font-weight:600;margin:1.5rem 0 .5rem}
p{margin:.5rem 0;max-width:46rem}
.lead{color:var(--muted);margin:.35rem 0 0;overflow-wrap:anywhere}
section{margin-top:2.2rem;padding-top:1.5rem;border-top:1px solid var(--rule)}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(10.5rem,1fr));gap:.7rem;margin-top:1.6rem}
.tile{background:var(--panel);border:1px solid var(--rule);border-radius:10px;padding:.75rem .9rem .8rem;
break-inside:avoid}
.tile .name{font-size:.82rem;color:var(--muted)}
.tile .value{font-size:1.6rem;line-height:1.3;font-weight:650;letter-spacing:-.02em;white-space:nowrap;
font-variant-numeric:tabular-nums}
.tile .unit{font-size:.82rem;font-weight:450;letter-spacing:0;color:var(--muted)}
.tile .remark{font-size:.78rem;line-height:1.35;color:var(--muted);margin-top:.2rem;overflow-wrap:anywhere}
.good .value,.ok{color:var(--good)}.bad .value,.fail{color:var(--bad)}
.fail{font-weight:650}
.grid2{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,22rem),1fr));gap:1.8rem 2rem;margin:1.2rem 0}
.wide{overflow-x:auto;margin:.4rem 0 1rem}
table{border-collapse:collapse;font-size:.86rem;font-variant-numeric:tabular-nums;min-width:100%}
th,td{padding:.32rem .6rem;text-align:right;white-space:nowrap;border-bottom:1px solid var(--rule)}
th{font-weight:600;color:var(--muted);font-size:.93em}
thead tr:last-child th{border-bottom:1px solid var(--muted)}
th:first-child,td:first-child{text-align:left;padding-left:0}
th.group{text-align:center;border-bottom:1px solid var(--rule)}
td.start,th.start{padding-left:1.5rem}
tr.part td{color:var(--muted)}
tr.part td:first-child{padding-left:1.1rem}
tr.whole td{font-weight:550}
dl{margin:.4rem 0;display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));gap:0 2rem;
font-size:.88rem}
dl div{display:flex;justify-content:space-between;gap:1rem;padding:.3rem 0;border-bottom:1px solid var(--rule)}
dt{color:var(--muted)}dd{margin:0;text-align:right;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
pre{margin:.5rem 0;padding:.9rem 1rem;background:var(--panel);border:1px solid var(--rule);border-radius:8px;
overflow-x:auto;font:12.5px/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
code{font:.82rem ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;overflow-wrap:anywhere}
summary{cursor:pointer;font-weight:600;margin:.4rem 0}
.files{list-style:none;margin:.4rem 0;padding:0;font-size:.88rem}.files li{padding:.3rem 0;
border-bottom:1px solid var(--rule)}.files code{display:block;color:var(--muted);font-size:.75rem}
.small,footer{font-size:.82rem;color:var(--muted)}
footer{margin-top:2.5rem;padding-top:1rem;border-top:1px solid var(--rule)}
@page{margin:15mm}
@media print{body{max-width:none;padding:0;font-size:10.5pt}section{margin-top:1.2rem;padding-top:.9rem}
h2,h3{break-after:avoid}tr,.tile{break-inside:avoid}.wide{overflow:visible}table{font-size:8pt}th,
td{padding:.2rem .3rem}pre{white-space:pre-wrap}.grid2{grid-template-columns:1fr 1fr;gap:1rem 1.2rem}
details::details-content{content-visibility:visible;height:auto}}
)";
}

}  // namespace

std::string section(const std::string& title, const std::string& body) {
  if (body.empty()) return "";
  return fmt::format("<section>\n<h2>{}</h2>\n{}</section>\n", escape(title), body);
}

std::string figure_grid(const std::string& figures) {
  return figures.empty() ? "" : fmt::format("<div class=\"grid2\">\n{}</div>\n", figures);
}

std::string html_table(const std::vector<std::string>& head, const std::vector<std::vector<std::string>>& rows) {
  std::string out = "<div class=\"wide\"><table>\n";
  if (!head.empty()) {
    out += "<thead><tr>";
    for (const std::string& cell : head) out += fmt::format("<th>{}</th>", cell);
    out += "</tr></thead>\n";
  }
  out += "<tbody>\n";
  for (const auto& row : rows) {
    out += "<tr>";
    for (const std::string& cell : row) out += fmt::format("<td>{}</td>", cell);
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string pair_table(const TextPairs& pairs) {
  if (pairs.empty()) return "";
  std::string out = "<dl>\n";
  for (const auto& [key, value] : pairs)
    out += fmt::format("<div><dt>{}</dt><dd>{}</dd></div>\n", escape(key), escape(value));
  return out + "</dl>\n";
}

std::string paragraphs(const std::string& text) {
  std::string out;
  for (std::size_t begin = 0; begin < text.size();) {
    const std::size_t end = std::min(text.find("\n\n", begin), text.size());
    if (end > begin) out += fmt::format("<p>{}</p>\n", escape(text.substr(begin, end - begin)));
    begin = end + 2;
  }
  return out;
}

std::string page(const std::string& title, const std::string& lead, const std::string& body,
                 const std::string& footer) {
  return fmt::format(
             "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
             "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n",
             escape(title)) +
         "<style>\n" + page_style() + svg::style() + "</style>\n</head>\n<body>\n" +
         fmt::format("<header>\n<h1>{}</h1>\n{}</header>\n", escape(title), lead) + body +
         fmt::format("<footer>{}</footer>\n</body>\n</html>\n", footer);
}

}  // namespace orogen::report
