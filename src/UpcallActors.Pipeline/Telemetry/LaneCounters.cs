using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <summary>
/// What a lane has done since its start. Everything only grows and is readable from any thread; stages add once per batch.
/// <c>Received = Completed + on their way</c> always.
/// </summary>
internal sealed class LaneCounters
{
    private readonly long[] _byClass = new long[(int)UpcallClass.Ipfix + 1];
    private readonly long[] _lost = new long[(int)LossCause.ControllerQueue + 1];
    private readonly long[] _malformed = new long[(int)OdpParseError.MessageTruncated + 1];
    private long _received;
    private long _completed;
    private long _batches;
    private long _duplicates;
    private long _translated;
    private long _translationErrors;
    private long _withMru;
    private int _largestMru;
    private long _executes;
    private long _flowPuts;
    private long _staleFlows;
    private long _dropped;
    private long _sends;
    private long _stale;
    private long _reclaimed;
    private long _restarts;
    private long _strayAnswers;
    private long _existingFlows;
    private long _mruClamped;
    private long _suppressedSpans;

    /// <summary>Upcalls received, shed and malformed ones included.</summary>
    public long Received => Volatile.Read(ref _received);

    /// <summary>
    /// Upcalls done with: their requests were handled by the datapath, or they were consumed, dropped or given up. Grows only
    /// after the datapath has handled the requests, so that an equal number of upcalls queued means nothing is on its way.
    /// </summary>
    public long Completed => Volatile.Read(ref _completed);

    /// <summary>Batches handed to the router.</summary>
    public long Batches => Volatile.Read(ref _batches);

    /// <summary>Upcalls that shared the translation of an earlier one in their batch.</summary>
    public long Duplicates => Volatile.Read(ref _duplicates);

    /// <summary>Translations made.</summary>
    public long Translated => Volatile.Read(ref _translated);

    /// <summary>Translations that ended with an <see cref="XlateError"/>.</summary>
    public long TranslationErrors => Volatile.Read(ref _translationErrors);

    /// <summary>
    /// Packets for a controller. The datapath sends each of them up, also those caused by our EXECUTEs, and each is counted when it comes.
    /// To count translations, too, would count the first packet of a flow twice.
    /// </summary>
    public long ControllerPackets => ByClass(UpcallClass.Controller);

    /// <summary>Upcalls with an MRU.</summary>
    public long WithMru => Volatile.Read(ref _withMru);

    /// <summary>Upcalls that went back with a smaller MRU than they came with, since the port they go to takes no more.</summary>
    public long MruClamped => Volatile.Read(ref _mruClamped);

    /// <summary>Spans of upcalls that were not made because there were too many in that second.</summary>
    public long SuppressedSpans => Volatile.Read(ref _suppressedSpans);

    /// <summary>The largest MRU seen, bytes of layer 3.</summary>
    public int LargestMru => Volatile.Read(ref _largestMru);

    /// <summary>
    /// Upcalls for a consumer instead of the tables: packets for a controller, samples. They end where they are counted, and their packets
    /// have gone on by themselves. Those that the controllers' queue refused are lost.
    /// </summary>
    public long Consumed =>
        ByClass(UpcallClass.Controller) + ByClass(UpcallClass.Sflow) + ByClass(UpcallClass.FlowSample) + ByClass(UpcallClass.Ipfix)
        - Lost(LossCause.ControllerQueue);

    /// <summary>EXECUTEs that the datapath took and answered with no error.</summary>
    public long Executes => Volatile.Read(ref _executes);

    /// <summary>Flow puts that the datapath took and answered with no error.</summary>
    public long FlowPuts => Volatile.Read(ref _flowPuts);

    /// <summary>
    /// Flow puts that found their flow there (EEXIST): packets of one flow that came at once were in several batches or
    /// lanes, and each brought it. No error, as in Open vSwitch.
    /// </summary>
    public long ExistingFlows => Volatile.Read(ref _existingFlows);

    /// <summary>Flows not installed because the tables changed after they were computed.</summary>
    public long StaleFlows => Volatile.Read(ref _staleFlows);

    /// <summary>Upcalls whose packet the translation drops: no action, so no EXECUTE.</summary>
    public long Dropped => Volatile.Read(ref _dropped);

    /// <summary>Sends, each one system call with a kernel datapath.</summary>
    public long Sends => Volatile.Read(ref _sends);

    /// <summary>Batches that were used or returned after their owner had given them up. A defect, caught.</summary>
    public long StaleBatches => Volatile.Read(ref _stale);

    /// <summary>Batches taken back from the mailboxes of actors that had ended.</summary>
    public long ReclaimedBatches => Volatile.Read(ref _reclaimed);

    /// <summary>Actors of the lane that failed and were restarted.</summary>
    public long Restarts => Volatile.Read(ref _restarts);

    /// <summary>Answers that belong to no request of the send before them.</summary>
    public long StrayAnswers => Volatile.Read(ref _strayAnswers);

    /// <summary>
    /// From the reception of a batch's first upcall until the datapath has handled the
    /// batch's requests, once a batch; batches with nothing to translate are not in it.
    /// </summary>
    public LatencyCounts Latency { get; } = new();

    /// <summary>EXECUTEs that the datapath answered with an error.</summary>
    public ErrnoCounts ExecuteErrors { get; } = new();

    /// <summary>Flow puts that the datapath answered with an error; EEXIST is none (<see cref="ExistingFlows"/>).</summary>
    public ErrnoCounts FlowPutErrors { get; } = new();

    /// <summary>Requests whose send was refused as a whole.</summary>
    public ErrnoCounts SendErrors { get; } = new();

    /// <summary>Upcalls by what they asked.</summary>
    public long ByClass(UpcallClass upcallClass) => Volatile.Read(ref _byClass[(int)upcallClass]);

    /// <summary>Upcalls lost, by cause.</summary>
    public long Lost(LossCause cause) => Volatile.Read(ref _lost[(int)cause]);

    /// <summary>Upcalls given up, by whatever cause.</summary>
    public long AllLost
    {
        get
        {
            long lost = 0;
            for (int cause = 0; cause < _lost.Length; cause++)
                lost += Volatile.Read(ref _lost[cause]);
            return lost;
        }
    }

    /// <summary>Upcalls given up for a <see cref="LossCause.Malformed"/> message, by reason.</summary>
    public long Malformed(OdpParseError error) => Volatile.Read(ref _malformed[(int)error]);

    internal void CountReceived(int upcalls) => Interlocked.Add(ref _received, upcalls);

    internal void CountCompleted(int upcalls) => Interlocked.Add(ref _completed, upcalls);

    internal void CountBatch() => Interlocked.Increment(ref _batches);

    internal void CountClass(UpcallClass upcallClass, int upcalls) => Interlocked.Add(ref _byClass[(int)upcallClass], upcalls);

    internal void CountLost(LossCause cause, long upcalls = 1) => Interlocked.Add(ref _lost[(int)cause], upcalls);

    internal void CountMalformed(OdpParseError error) => Interlocked.Increment(ref _malformed[(int)error]);

    internal void CountDuplicates(int upcalls) => Interlocked.Add(ref _duplicates, upcalls);

    internal void CountTranslations(int made, int withError)
    {
        Interlocked.Add(ref _translated, made);
        if (withError != 0)
            Interlocked.Add(ref _translationErrors, withError);
    }

    internal void CountMru(int upcalls, int largest)
    {
        Interlocked.Add(ref _withMru, upcalls);
        int seen;
        while (largest > (seen = Volatile.Read(ref _largestMru)) && Interlocked.CompareExchange(ref _largestMru, largest, seen) != seen)
        {
        }
    }

    internal void CountMruClamped(int upcalls) => Interlocked.Add(ref _mruClamped, upcalls);

    internal void CountSuppressedSpan() => Interlocked.Increment(ref _suppressedSpans);

    internal void CountSend() => Interlocked.Increment(ref _sends);

    internal void CountTaken(int executes, int flowPuts)
    {
        Interlocked.Add(ref _executes, executes);
        Interlocked.Add(ref _flowPuts, flowPuts);
    }

    internal void CountExistingFlow() => Interlocked.Increment(ref _existingFlows);

    internal void CountStaleFlows(int flows) => Interlocked.Add(ref _staleFlows, flows);

    internal void CountDropped(int upcalls) => Interlocked.Add(ref _dropped, upcalls);

    internal void CountStale() => Interlocked.Increment(ref _stale);

    internal void CountReclaimed() => Interlocked.Increment(ref _reclaimed);

    internal void CountRestart() => Interlocked.Increment(ref _restarts);

    internal void CountStrayAnswer() => Interlocked.Increment(ref _strayAnswers);
}
