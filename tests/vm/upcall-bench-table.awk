# The measurements of upcall-bench as a Markdown table: the median of the rounds, with the least and the most.
function number(text, name,    part) { return match(text, " " name "=[-0-9.]+") ? substr(text, RSTART + length(name) + 2, RLENGTH - length(name) - 2) + 0 : 0 }
function note(rate, what, who, value) { count[rate, what, who]++; values[rate, what, who, count[rate, what, who]] = value }
function sort(rate, what, who,    n, i, j, v) {
    n = count[rate, what, who]
    for (i = 1; i <= n; i++) sorted[i] = values[rate, what, who, i]
    for (i = 2; i <= n; i++) { v = sorted[i]; for (j = i - 1; j > 0 && sorted[j] > v; j--) sorted[j + 1] = sorted[j]; sorted[j + 1] = v }
    return n
}
function median(rate, what, who,    n) { n = sort(rate, what, who); return n ? (sorted[int((n + 1) / 2)] + sorted[int(n / 2) + 1]) / 2 : "" }
function thousands(value, digits,    text, sign) {
    sign = value < 0 ? "-" : ""; if (value < 0) value = -value
    text = sprintf("%." digits "f", value)
    while (match(text, /[0-9][0-9][0-9][0-9](,|\.|$)/)) text = substr(text, 1, RSTART) "," substr(text, RSTART + 1)
    return sign text
}
function cell(rate, what, who, digits,    n) {
    n = sort(rate, what, who)
    return n ? thousands(median(rate, what, who), digits) " (" thousands(sorted[1], digits) " to " thousands(sorted[n], digits) ")" : "-"
}
function ratio(rate, what, who,    ours, other) {
    ours = median(rate, what, "ours"); other = median(rate, what, who)
    return ours == "" || !other ? "-" : sprintf("%.2f", ours / other)
}
function row(name, rate, what, digits, ratios) {
    printf "| %s | %s | %s | %s | %s | %s |\n", name, cell(rate, what, "ovs", digits), cell(rate, what, "ours", digits), cell(rate, what, "floor", digits), \
        ratios ? ratio(rate, what, "ovs") : "", ratios ? ratio(rate, what, "floor") : ""
}
/^#/ { title = substr($0, 3); next }
$3 == "probe" { note("probe", "p50", $2, number($0, "p50")); note("probe", "p99", $2, number($0, "p99")); note("probe", "unanswered", $2, number($0, "unanswered")); next }
{
    if (!($3 in seen)) { seen[$3] = 1; rates[++rateCount] = $3 }
    note($3, "handled", $2, number($0, "handled/s")); note($3, "lost", $2, number($0, "lost"))
    delivered = number($0, "delivered")
    if (delivered) note($3, "cpu", $2, number($0, "cpu_ms") / delivered * 100)
    note($3, "put", $2, delivered ? number($0, "flows") / delivered : 0)
}
END {
    print title "\n"
    print "| offered | ovs-vswitchd | upcall-actors | floor | upcall-actors : ovs-vswitchd | upcall-actors : floor |\n|---|---|---|---|---|---|"
    for (i = 1; i <= rateCount; i++) {
        rate = rates[i]; name = rate ? thousands(rate, 0) "/s" : "flat out"
        row(name ": handled/s", rate, "handled", 0, 1); row(name ": lost", rate, "lost", 0, 0)
        row(name ": CPU s per 100,000", rate, "cpu", 2, 1); row(name ": flows put per frame", rate, "put", 2, 0)
    }
    row("first packet at 1,000/s: p50 µs", "probe", "p50", 0, 1); row("first packet at 1,000/s: p99 µs", "probe", "p99", 0, 1)
    row("first packet at 1,000/s: unanswered", "probe", "unanswered", 0, 0)
}
