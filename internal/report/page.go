package report

// page holds the templates of the page. Nothing in it is fetched from elsewhere.
const page = `{{define "head"}}<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Feedgauge backtest</title>
<style>
body { font: 15px/1.5 sans-serif; color: #111; background: #fff; max-width: 1180px; margin: 2em auto; padding: 0 1em }
h1 { font-size: 1.5em } h2 { font-size: 1.15em; margin: 2.2em 0 .2em; overflow-wrap: anywhere }
p { margin: .3em 0 } figure { margin: .6em 0; overflow-x: auto } figcaption { font-size: .9em; color: #444 }
svg { vertical-align: middle } figure svg { width: 100%; min-width: 860px; height: auto; display: block }
table { border-collapse: collapse; font-size: .9em } td, th { text-align: left; padding: .15em .8em .15em 0; vertical-align: top }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums } td.t { white-space: nowrap }
.name { overflow-wrap: anywhere; min-width: 14em }
.scroll { overflow-x: auto } .key { display: inline-block; width: 26px; height: 0; border-top: 2px solid #000; vertical-align: middle }
.expected { border-top: 2px dashed #0072B2 } .band { height: 12px; border: 0; background: #56B4E9; opacity: .45 }
summary { cursor: pointer; margin: .3em 0 }
</style>
</head>
<body>
<h1>Feedgauge backtest</h1>
<p>{{len .PerFeed}} feeds, {{.Rows}} windows, {{number .FeedMonths}} feed-months judged,
{{number .FindingsPerFeedMonth}} findings per feed and month. Times are in UTC.</p>
<p><span class="key"></span> delivered &ensp; <span class="key expected"></span> expected &ensp; <span class="key band"></span> the usual &ensp;
noticed: {{legend 2}} silent &ensp; {{legend 0}} short &ensp; {{legend 3}} drifting &ensp; {{legend 1}} high</p>
<div class="scroll"><table>
<tr><th>feed</th><th>class</th><th class="n">windows</th><th class="n">judged</th><th class="n">silent</th><th class="n">short</th><th class="n">drifting</th><th class="n">high</th><th class="n">a month</th></tr>
{{range $i, $f := .PerFeed}}<tr><td class="name"><a href="#feed{{$i}}">{{$f.Feed}}</a></td><td>{{$f.Class}}</td><td class="n">{{$f.Rows}}</td><td class="n">{{$f.Judged}}</td><td class="n">{{index $f.Findings "silent"}}</td><td class="n">{{index $f.Findings "short"}}</td><td class="n">{{index $f.Findings "drifting"}}</td><td class="n">{{index $f.Findings "high"}}</td><td class="n">{{number $f.FindingsPerFeedMonth}}</td></tr>
{{end}}</table></div>
{{end}}
{{define "feed"}}<section>
<h2 id="feed{{.Number}}">{{.Sum.Feed}}</h2>
<p>Class {{.Sum.Class}}, windows of {{number .Sum.EverySeconds}} s: {{.Sum.Rows}}, of which {{.Sum.Judged}} were judged; {{len .Findings}} findings.</p>
{{if .Picture}}<figure>{{.Picture}}</figure>{{else}}<p>There was nothing to judge.</p>{{end}}
{{if .CloseUps}}<details><summary>from close by</summary>
{{range .CloseUps}}<figure><figcaption>{{.Title}}</figcaption>{{.Picture}}</figure>
{{end}}</details>{{end}}
{{if .Findings}}<details><summary>all findings</summary><div class="scroll"><table>
<tr><th>noticed</th><th></th><th>kind</th><th>since</th><th class="n">score</th><th class="n">delivered</th><th class="n">expected</th><th class="n">usual from</th><th class="n">to</th><th>reason</th></tr>
{{range .Findings}}<tr><td class="t">{{.At}}</td><td>{{legend .Shape}}</td><td>{{.Kind}}</td><td class="t">{{.FirstBad}}</td><td class="n">{{number .Score}}</td><td class="n">{{number .Actual}}</td><td class="n">{{number .Forecast.Expected}}</td><td class="n">{{number .Forecast.Lower}}</td><td class="n">{{number .Forecast.Upper}}</td><td>{{.Reason}}</td></tr>
{{end}}</table></div></details>{{end}}
</section>
{{end}}
{{define "foot"}}</body>
</html>
{{end}}`
