using UpcallActors.Linux;

namespace UpcallActors.Embedded;

/// <summary>A port on a network device of the host, by packet sockets.</summary>
internal sealed class SystemPort : LivePort, IPortOutput
{
    private readonly PacketSocket _receiver;
    private readonly PacketSender _sender;

    /// <summary>Opens a device. Throws <see cref="System.ComponentModel.Win32Exception"/>.</summary>
    public SystemPort(int deviceIndex)
    {
        _receiver = new PacketSocket(deviceIndex);
        try
        {
            _sender = new PacketSender(deviceIndex);
        }
        catch
        {
            _receiver.Dispose();
            throw;
        }
    }

    public override int DescriptorCount => 1;

    public override int Descriptor(int index) => _receiver.Descriptor;

    public override bool Receive(int index, FrameIntake intake)
    {
        int taken = 0;
        while (taken < FramesInTurn && _receiver.TryReceive(out PacketFrame frame))
        {
            intake.Add(Port, frame);
            taken++;
        }

        // Readable without a frame: the device went down, which is said once. Frames come again when it is up.
        if (taken == 0)
            _ = _receiver.TakeError();
        return true;
    }

    public override void CountLosses() => Port.CountReceiveDropped(_receiver.TakeDropped());

    public void Transmit(ReadOnlySpan<byte> frame, long microseconds)
    {
        if (_sender.TryAdd(frame))
            return;
        Flush();
        if (!_sender.TryAdd(frame))
            Port.CountSendDropped(1);
    }

    public void Flush() => Port.CountSendDropped((ulong)_sender.Flush());

    public override void Dispose()
    {
        _receiver.Dispose();
        _sender.Dispose();
    }
}
