using System.Diagnostics;

namespace UpcallActors.Benchmarks;

/// <summary>What one operation costs with few and with many entries.</summary>
/// <param name="Bytes">Bytes that one operation allocates with many entries.</param>
/// <param name="BytesRatio">Bytes with many, divided by bytes with few; 1 if none are allocated.</param>
/// <param name="TimeRatio">Time with many entries divided by time with few.</param>
/// <param name="Nanoseconds">Time of one operation with many entries, for the reader; no limit holds it.</param>
internal readonly record struct ScaleMeasurement(double Bytes, double BytesRatio, double TimeRatio, double Nanoseconds)
{
    /// <summary>Few and many.</summary>
    public const int Few = 1_000;

    /// <inheritdoc cref="Few"/>
    public const int Many = 100_000;

    private const int Rounds = 15;
    private static readonly TimeSpan _leastRound = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Measures. The rounds of few and many take turns, and the best of each counts: other work on the machine makes a round slower,
    /// never faster.
    /// </summary>
    public static ScaleMeasurement Of(ScaledOperation operation)
    {
        ScaledWork few = operation.Prepare(Few);
        ScaledWork many = operation.Prepare(Many);
        (int fewCalls, int manyCalls) = (CallsOf(few), CallsOf(many));
        (double fewBytes, double manyBytes) = (BytesOf(few, fewCalls), BytesOf(many, manyCalls));
        (double fewTime, double manyTime) = (double.MaxValue, double.MaxValue);
        for (int round = 0; round < Rounds; round++)
        {
            fewTime = Math.Min(fewTime, TimeOf(few, fewCalls));
            manyTime = Math.Min(manyTime, TimeOf(many, manyCalls));
        }

        double bytesRatio = manyBytes < 1 ? 1 : manyBytes / Math.Max(fewBytes, 1);
        return new ScaleMeasurement(manyBytes, bytesRatio, manyTime / fewTime, manyTime);
    }

    /// <summary>Calls in a round, so that it is long against the clock. The first call compiles the code, and does not count.</summary>
    private static int CallsOf(ScaledWork work)
    {
        work.Run();
        for (int calls = 1; ; calls *= 2)
        {
            var watch = Stopwatch.StartNew();
            for (int i = 0; i < calls; i++)
                work.Run();
            if (watch.Elapsed >= _leastRound)
                return calls;
        }
    }

    private static double BytesOf(ScaledWork work, int calls)
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < calls; i++)
            work.Run();
        return (double)(GC.GetAllocatedBytesForCurrentThread() - before) / calls / work.Operations;
    }

    private static double TimeOf(ScaledWork work, int calls)
    {
        var watch = Stopwatch.StartNew();
        for (int i = 0; i < calls; i++)
            work.Run();
        return watch.Elapsed.TotalNanoseconds / calls / work.Operations;
    }
}
