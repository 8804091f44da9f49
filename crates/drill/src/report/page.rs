//! The frame of the report: its style, and sentences that do not depend on what was measured.

/// Everything is inline: the file can be mailed and opened anywhere.
pub(super) const STYLE: &str = "
body{margin:0;background:#f4f5f7;color:#1d232b;font:17px/1.6 'Noto Sans CJK SC','Source Han Sans SC','PingFang SC','Microsoft YaHei',sans-serif}
main{max-width:1120px;margin:0 auto;padding:24px 20px 60px}
h1{font-size:30px;line-height:1.35;margin:.2em 0}h2{font-size:23px;margin:2em 0 .2em}h3{font-size:18px;margin:1.4em 0 .2em}
span,.en{color:#626b78;font-size:.86em;font-weight:400}.en{display:block;margin:0 0 .6em}
.verdict{padding:20px 24px;border-radius:14px;color:#fff;margin:16px 0}.verdict .en{color:#fff;opacity:.9;margin:0}
.passed{background:#0b6e4f}.failed{background:#a4243b}.invalid{background:#5b6470}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(210px,1fr));gap:14px}
.figure{background:#fff;border-radius:12px;padding:14px 18px}.figure b{display:block;font-size:34px;line-height:1.25}
.pair{display:grid;grid-template-columns:repeat(auto-fit,minmax(500px,1fr));gap:14px}
.card{background:#fff;border-radius:12px;padding:12px 16px 8px;margin:12px 0;overflow-x:auto}.card p{margin:0 0 4px;font-weight:600}
svg{width:100%;height:auto;display:block}svg text{font-family:inherit;fill:#1d232b}
.tick{font-size:14px}.label{font-size:14.5px}.span{font-size:13px;fill:#7a5a17}.grid{stroke:#e4e7eb}.axis{stroke:#8a8f98;fill:none}
table{border-collapse:collapse;width:100%;background:#fff;font-size:16px}th,td{text-align:left;padding:7px 10px;border-bottom:1px solid #e4e7eb;vertical-align:top}
th span,td span{display:block}.run th{background:#eef1f4}.run span{display:inline}.n{text-align:right;white-space:nowrap}
.ok{color:#0b6e4f;white-space:nowrap}.bad{color:#a4243b;font-weight:700;white-space:nowrap}
@media print{body{background:#fff}.card,.figure{break-inside:avoid}}
@media(max-width:560px){.pair{grid-template-columns:1fr}}
";

/// What the words mean.
pub(super) const WORDS: &str = "
<h2>怎样读这份报告 <span>How to read this</span></h2>
<div class='card'>
<p>“能力 C”是这台服务器每秒真正能办完的件数，每次演练前用闭环压测得出。“10 倍”就是每秒来 10×C 个人。</p>
<div class='en'>C is what this server really finishes per second, measured by a closed loop before each run. “10x” means 10 x C people arrive per second, whether or not the server answers (open loop, Poisson).</div>
<p>每个人都会像真人一样：等 1–4 秒没反应就刷新，有的守规矩，有的恶意反复请求（默认 20 / 70 / 10）。</p>
<div class='en'>Everybody behaves like people do: 20 % polite, 70 % impatient (reload after 1 to 4 s), 10 % hostile. Latency counts from the moment the person meant to ask. For called people that is when their request with the ticket was sent, the time before the gate included.</div>
<p>“亮码”是已登记的人出示健康码。手机里存有 24 小时内签发的码，断网也能亮；两种成功率分开列出。</p>
<div class='en'>Showing a code: the share answered by the server, and the share shown at all, with the signed code a phone keeps for 24 h. Both are given.</div>
<p>“未测得”一律不算通过。</p>
<div class='en'>What was not measured has not passed. The error of foretold waits is taken of tickets that waited more than 10 s and were called within the run.</div>
</div>";
