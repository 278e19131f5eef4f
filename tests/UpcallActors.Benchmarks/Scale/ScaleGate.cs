using System.Globalization;
using System.Text.Json;

namespace UpcallActors.Benchmarks;

/// <summary>
/// Holds each operation to its limits in <c>limits.json</c>: bytes, and how much more it costs with 100,000 entries than with 1,000. An
/// operation without limits, and limits without an operation, are failures, too.
/// </summary>
internal static class ScaleGate
{
    private const string LimitsFile = "limits.json";

    /// <summary>Measures all, prints a table, and returns the exit code: 0 if all keep their limits.</summary>
    public static int Run()
    {
        string path = Path.Combine(AppContext.BaseDirectory, LimitsFile);
        using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
        var limits = document.RootElement.EnumerateObject().ToDictionary(one => one.Name, one => one.Value, StringComparer.Ordinal);
        int failures = 0;
        Print("operation", "B", "limit", "B ratio", "limit", "time ratio", "limit", "ns");
        foreach (ScaledOperation operation in ScaledOperations.All)
        {
            if (!limits.Remove(operation.Name, out JsonElement limit))
            {
                Console.WriteLine($"{operation.Name}: {LimitsFile} has no limits for it");
                failures++;
                continue;
            }

            failures += Measure(operation, limit) ? 0 : 1;
        }

        foreach (string name in limits.Keys)
            Console.WriteLine($"{name}: {LimitsFile} has limits for it, and there is no such operation");
        return failures + limits.Count == 0 ? 0 : 1;
    }

    private static bool Measure(ScaledOperation operation, JsonElement limit)
    {
        double bytes = limit.GetProperty("bytes").GetDouble();
        double bytesRatio = limit.GetProperty("bytesRatio").GetDouble();
        double timeRatio = limit.GetProperty("timeRatio").GetDouble();
        var measured = ScaleMeasurement.Of(operation);
        bool isWithin = measured.Bytes <= bytes && measured.BytesRatio <= bytesRatio && measured.TimeRatio <= timeRatio;
        Print(
            operation.Name, Text(measured.Bytes), Text(bytes), Text(measured.BytesRatio), Text(bytesRatio), Text(measured.TimeRatio),
            Text(timeRatio), isWithin ? Text(measured.Nanoseconds) : $"{Text(measured.Nanoseconds)}   OVER ITS LIMIT");
        return isWithin;
    }

    private static string Text(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static void Print(string name, params ReadOnlySpan<string> values)
    {
        string line = name.PadRight(34);
        foreach (string value in values)
            line += value.PadLeft(11);
        Console.WriteLine(line);
    }
}
