using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using UpcallActors.Packets;

namespace UpcallActors.OpenFlow;

/// <summary>
/// All that OpenFlow can match on: the pipeline fields, which exist only between tables, followed by the datapath key.
/// One run of 64-bit words, so that masks, hashes and comparisons work a word at a time; the same type holds a set of
/// wildcards (a bit set in it was looked at). Fields are read and written through <see cref="MatchField"/>.
/// </summary>
/// <remarks>
/// The port a packet came in on is in it twice, since actions write the one and not the other: <see cref="InPort"/> is what rules
/// match, <see cref="FlowKey.DatapathPort"/> what a megaflow has.
/// Pipeline words: 0 metadata; 1 to 8 reg0 to reg15, the even register in the upper half, so that xreg<i>N</i> is one word and
/// xxreg<i>N</i> two; 9 conj_id (upper half) and in_port (the lowest 16 bits).
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
internal struct Flow : IEquatable<Flow>
{
    /// <summary>Words before the key.</summary>
    public const int KeyStart = 10;

    /// <summary>Words in all.</summary>
    public const int WordCount = KeyStart + FlowKey.WordCount;

    /// <summary>Registers of 32 bits.</summary>
    public const int RegisterCount = 16;

    private const int InPortWord = 9;

    private PipelineWords _pipeline;

    /// <summary>The key, as the datapath has it.</summary>
    public FlowKey Key;

    /// <summary>A packet before the first table: of the pipeline's state it has only the port number that it came in on.</summary>
    public Flow(in FlowKey key, uint inPort)
    {
        Key = key;
        InPort = inPort;
    }

    /// <summary>The words, to read and write in place.</summary>
    [UnscopedRef]
    public Span<ulong> Words => MemoryMarshal.CreateSpan(ref Unsafe.As<Flow, ulong>(ref this), WordCount);

    /// <summary>The words, to read.</summary>
    [UnscopedRef]
    public readonly ReadOnlySpan<ulong> ReadOnlyWords =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<Flow, ulong>(ref Unsafe.AsRef(in this)), WordCount);

    /// <summary>The words before the key: what a pipeline carries from table to table and a frozen state keeps.</summary>
    [UnscopedRef]
    public Span<ulong> PipelineState => MemoryMarshal.CreateSpan(ref Unsafe.As<PipelineWords, ulong>(ref _pipeline), KeyStart);

    /// <summary>The port number (<see cref="OpenFlowPorts"/>) that rules see the packet come in on; 16 bits, others are cut off.</summary>
    public uint InPort
    {
        readonly get => (ushort)_pipeline[InPortWord];
        set => _pipeline[InPortWord] = (_pipeline[InPortWord] & ~(ulong)ushort.MaxValue) | (ushort)value;
    }

    internal static FieldLocation InPortLocation => new(InPortWord, 0, 16);

    /// <inheritdoc/>
    public readonly bool Equals(Flow other) => ReadOnlyWords.SequenceEqual(other.ReadOnlyWords);

    /// <inheritdoc/>
    public override readonly bool Equals(object? obj) => obj is Flow other && Equals(other);

    /// <inheritdoc/>
    public override readonly int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(MemoryMarshal.AsBytes(ReadOnlyWords));
        return hash.ToHashCode();
    }

    /// <summary>
    /// All of a packet in <c>ovs-ofctl</c>'s words (<c>flow_format</c>); what is known beside the packet and is 0 is
    /// left out.
    /// </summary>
    public override readonly string ToString() => PacketText.Format(this, names: null);

    /// <summary>Word-wise equality.</summary>
    public static bool operator ==(Flow left, Flow right) => left.Equals(right);

    /// <summary>Word-wise inequality.</summary>
    public static bool operator !=(Flow left, Flow right) => !left.Equals(right);

    internal static int RegisterWord(int index) => 1 + (index / 2);

    internal static int RegisterShift(int index) => index % 2 == 0 ? 32 : 0;

    [InlineArray(KeyStart)]
    private struct PipelineWords
    {
        private ulong _first;
    }
}
