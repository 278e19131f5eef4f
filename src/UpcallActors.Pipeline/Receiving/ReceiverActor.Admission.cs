using System.Diagnostics;

namespace UpcallActors.Pipeline;

/// <content>What becomes of that which was received: it goes into the batch in hand, or is shed for its port's sake.</content>
internal sealed partial class ReceiverActor
{
    /// <summary>Takes what was received into the batch, or sheds it.</summary>
    private void Admit(UpcallBatch batch, int received)
    {
        batch.AssertOwner(BatchOwner.Receiver);
        _received = received;
        _admitted = 0;
        _lane.Counters.CountReceived(received);
        if (batch.Count == 0)
            batch.ReceivedAt = Stopwatch.GetTimestamp();
        TimeSpan now = Now;
        SeePorts(batch, received, now);
        if (_lane.Pool.Free == 0 && HasCompany(now))
        {
            AdmitWithinShares(batch, received);
            return;
        }

        int first = batch.Count;
        short run = PortTable.Others;
        int runStart = first;
        for (int slot = first; slot < first + received; slot++)
        {
            short port = batch.Record(slot).Port;
            if (port != run && slot > runStart)
            {
                _lane.Ports.Admit(run, slot - runStart);
                runStart = slot;
            }

            run = port;
            Append(batch, port);
        }

        _lane.Ports.Admit(run, first + received - runStart);
    }

    /// <summary>Reads the ports of what was received, and sees who is there.</summary>
    private void SeePorts(UpcallBatch batch, int received, TimeSpan now)
    {
        bool isShort = _congestion.HasOverflowed || _lane.Pool.Free == 0;
        for (int slot = batch.Count; slot < batch.Count + received; slot++)
        {
            short entry = InPortReader.TryRead(batch.Slots.Message(slot), out uint port) ? _lane.Ports.EntryOf(port) : PortTable.Others;
            batch.Record(slot).Port = entry;
            if (!_congestion.IsLast(entry))
                _congestion = _congestion.Seen(entry, now, isShort);
        }
    }

    /// <summary>
    /// No credit but the batch in hand is left, and others are there: keeps what is within its port's share, moved
    /// together, and sheds the rest.
    /// </summary>
    private void AdmitWithinShares(UpcallBatch batch, int received)
    {
        int first = batch.Count;
        int shed = 0;
        for (int slot = first; slot < first + received; slot++)
        {
            short port = batch.Record(slot).Port;
            if (_lane.Ports.InFlight(port) >= Share(port))
            {
                _lane.Ports.Shed(port);
                _admitted++;
                shed++;
                continue;
            }

            if (slot != batch.Count)
            {
                Span<byte> message = batch.Slots.Message(slot);
                message.CopyTo(batch.Slots.Slot(batch.Count));
                batch.Slots.SetReceived(batch.Count, message.Length, batch.Slots.IsTruncated(slot));
            }

            Append(batch, port);
            _lane.Ports.Admit(port, 1);
        }

        if (shed == 0)
            return;
        _lane.Counters.CountLost(LossCause.Shed, shed);
        _lane.Counters.CountCompleted(shed);
    }

    /// <summary>The upcalls of a port that may be on their way.</summary>
    private int Share(short port)
    {
        LaneTuning tuning = _lane.Tuning;
        double share = port != PortTable.Others && tuning.PortShares.TryGetValue(_lane.Ports.PortOf(port), out double own)
            ? own
            : Math.Min(tuning.PortShare, 1.0 / (_lane.Ports.Active + 1));
        return Math.Max(1, (int)(_lane.Settings.BatchesPerLane * tuning.BatchSize * share));
    }

    private void Append(UpcallBatch batch, short port)
    {
        ref UpcallRecord record = ref batch.Record(batch.Count);
        record.Port = port;
        record.Progress = UpcallProgress.Received;
        batch.Count++;
        _admitted++;
    }
}
