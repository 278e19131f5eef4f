# The measurements of daemon-bench as a Markdown table: the median of the rounds, with the least and the most.
function cell(what, who, digits,    n, i, j, v, middle) {
    n = count[what, who]
    if (!n) return "-"
    for (i = 1; i <= n; i++) sorted[i] = values[what, who, i]
    for (i = 2; i <= n; i++) { v = sorted[i]; for (j = i - 1; j > 0 && sorted[j] > v; j--) sorted[j + 1] = sorted[j]; sorted[j + 1] = v }
    middle = (sorted[int((n + 1) / 2)] + sorted[int(n / 2) + 1]) / 2
    return sprintf("%." digits "f (%." digits "f to %." digits "f)", middle, sorted[1], sorted[n])
}
function row(name, what, digits,    line, i) {
    line = "| " name " |"
    for (i = 1; i <= whoCount; i++) line = line " " cell(what, whos[i], digits) " |"
    print line
}
BEGIN { whoCount = split(order, whos, " ") }
/^#/ { title = substr($0, 3); next }
{
    for (i = 3; i <= NF; i++) {
        split($i, pair, "=")
        values[pair[1], $2, ++count[pair[1], $2]] = pair[2] + 0
    }
}
END {
    print title "\n"
    line = "| |"; rule = "|---|"
    for (i = 1; i <= whoCount; i++) { line = line " " whos[i] " |"; rule = rule "---|" }
    print line "\n" rule
    row("ready after, ms", "ready", 0); row("CPU until then, ms", "cpu", 0); row("first ping, ms", "ping", 1); row("memory then (RSS), KB", "rss", 0)
    row("without packets: % of a CPU", "idle", 2); row("without packets: wake-ups per second", "wakes", 1)
    row("lonely upcalls, 2 × 20/s: p50 µs", "p50", 0); row("lonely upcalls: p99 µs", "p99", 0)
}
