using System.Diagnostics;

namespace UpcallActors.Embedded;

/// <summary>
/// The memory that waiting fragments share: a fixed number of equal blocks, chained by index. Pages of it are
/// allocated when first needed and kept, so its bound is a bound on memory whatever arrives.
/// </summary>
internal sealed class FragmentBlocks
{
    internal const int BlockSize = 1024;
    internal const int None = -1;
    private const int BlocksPerPage = 64;
    private readonly byte[]?[] _pages;
    private readonly int[] _next;
    private readonly int _capacity;
    private int _firstFree = None;
    private int _touched;

    internal FragmentBlocks(int bytes)
    {
        _capacity = bytes / BlockSize;
        _next = new int[_capacity];
        _pages = new byte[]?[(_capacity + BlocksPerPage - 1) / BlocksPerPage];
    }

    internal int InUse { get; private set; }

    internal int Free => _capacity - InUse;

    /// <summary>Blocks that more bytes behind a chain of <paramref name="length"/> bytes would take.</summary>
    internal static int Needed(int length, int more) => Blocks(length + more) - Blocks(length);

    /// <summary>Appends to a chain; the caller made sure that enough blocks are free.</summary>
    internal void Append(ref FragmentChain chain, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int used = chain.Length % BlockSize;
            if (used == 0)
                Link(ref chain);
            int count = Math.Min(BlockSize - used, bytes.Length);
            bytes[..count].CopyTo(Block(chain.Last)[used..]);
            chain.Length += count;
            bytes = bytes[count..];
        }
    }

    /// <summary>Copies a whole chain out.</summary>
    internal void CopyTo(in FragmentChain chain, Span<byte> destination)
    {
        int left = chain.Length;
        for (int block = chain.First; left > 0; block = _next[block])
        {
            int count = Math.Min(BlockSize, left);
            Block(block)[..count].CopyTo(destination);
            destination = destination[count..];
            left -= count;
        }
    }

    /// <summary>Gives a chain's blocks back.</summary>
    internal void Release(ref FragmentChain chain)
    {
        if (chain.Length > 0)
        {
            _next[chain.Last] = _firstFree;
            _firstFree = chain.First;
            InUse -= Blocks(chain.Length);
        }

        chain = default;
    }

    private static int Blocks(int length) => (length + BlockSize - 1) / BlockSize;

    private void Link(ref FragmentChain chain)
    {
        int block = _firstFree;
        if (block != None)
            _firstFree = _next[block];
        else
            block = _touched++;
        Debug.Assert(block < _capacity, "the caller checks Free before it appends");
        InUse++;
        _next[block] = None;
        if (chain.Length == 0)
            chain.First = block;
        else
            _next[chain.Last] = block;
        chain.Last = block;
    }

    private Span<byte> Block(int block)
    {
        ref byte[]? page = ref _pages[block / BlocksPerPage];
        page ??= new byte[BlocksPerPage * BlockSize];
        return page.AsSpan(block % BlocksPerPage * BlockSize, BlockSize);
    }
}
