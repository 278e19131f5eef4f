using System.Runtime.InteropServices;

namespace UpcallActors.Ofproto;

/// <summary>A place in which one reader at a time says how old the tables are that it reads. A cache line of its own.</summary>
[StructLayout(LayoutKind.Explicit, Size = 2 * CacheLine)]
internal sealed class TableReader
{
    /// <summary>Nobody reads.</summary>
    public const ulong Idle = ulong.MaxValue;

    private const int CacheLine = 64;

    [FieldOffset(CacheLine)]
    private ulong _version = Idle;

    /// <summary>The version that was current when the reader came, or <see cref="Idle"/>.</summary>
    public ulong Version => Volatile.Read(ref _version);

    /// <summary>Takes the place unless somebody has it. A full fence: what is read afterwards is not older.</summary>
    public bool TryEnter(ulong version) =>
        Volatile.Read(ref _version) == Idle && Interlocked.CompareExchange(ref _version, version, Idle) == Idle;

    /// <summary>Leaves the place. All that was read before was read while it was taken.</summary>
    public void Leave() => Volatile.Write(ref _version, Idle);
}
