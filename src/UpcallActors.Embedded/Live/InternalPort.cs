using UpcallActors.Linux;

namespace UpcallActors.Embedded;

/// <summary>A port to the host's own stack: a TAP device of its name.</summary>
internal sealed class InternalPort(string name) : LivePort, IPortOutput
{
    private readonly TapDevice _device = new(name);

    public override int DescriptorCount => 1;

    public override int Descriptor(int index) => _device.Descriptor;

    public override bool Receive(int index, FrameIntake intake)
    {
        for (int taken = 0; taken < FramesInTurn; taken++)
        {
            int length = _device.Receive(intake.Reserve(PacketBuffer.MaximumLength));
            if (length <= 0)
                return length == 0;
            intake.Batch.Commit(Port.Number, length);
        }

        return true;
    }

    public void Transmit(ReadOnlySpan<byte> frame, long microseconds)
    {
        if (!_device.TrySend(frame))
            Port.CountSendDropped(1);
    }

    public override void Dispose() => _device.Dispose();
}
