using UpcallActors.Packets;

namespace UpcallActors.Odp;

/// <summary>An upcall as a translator sees it. Borrows the lane's memory: nothing of it may be kept.</summary>
public readonly ref struct UpcallView
{
    private readonly ref readonly FlowKey _key;

    /// <summary>Borrows the parts.</summary>
    public UpcallView(in FlowKey key, ReadOnlySpan<byte> keyAttributes, ReadOnlySpan<byte> packet, PacketOrigin origin,
        PacketCommand command, ReadOnlySpan<byte> userData)
    {
        _key = ref key;
        KeyAttributes = keyAttributes;
        Packet = packet;
        Origin = origin;
        Command = command;
        UserData = userData;
        Credit = command == PacketCommand.Miss ? new FlowCredit(1, (ulong)packet.Length) : default;
    }

    /// <summary>The key, parsed.</summary>
    public ref readonly FlowKey Key => ref _key;

    /// <summary>The key as the datapath sent it.</summary>
    public ReadOnlySpan<byte> KeyAttributes { get; }

    /// <summary>The frame.</summary>
    public ReadOnlySpan<byte> Packet { get; }

    /// <summary>MRU, hash and upcall pid.</summary>
    public PacketOrigin Origin { get; }

    /// <summary><see cref="PacketCommand.Miss"/> or <see cref="PacketCommand.Action"/>.</summary>
    public PacketCommand Command { get; }

    /// <summary>
    /// The packets to credit to the rules on the way: this one, and those of the same key that share its translation. None for
    /// an ACTION upcall: the flow that sent it up has counted its packet (<c>upcall_xlate</c> of Open vSwitch).
    /// </summary>
    public FlowCredit Credit { get; init; }

    /// <summary>The cookie of an ACTION upcall, else empty.</summary>
    public ReadOnlySpan<byte> UserData { get; }
}
