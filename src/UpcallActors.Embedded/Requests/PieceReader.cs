using UpcallActors.Linux;

namespace UpcallActors.Embedded;

/// <summary>Reads the pieces of a <see cref="SendVector"/> as if they lay in a row.</summary>
internal ref struct PieceReader(SendVector pieces)
{
    private int _piece;
    private int _offset;

    /// <summary>Bytes not yet read.</summary>
    public int Left { get; private set; } = pieces.TotalLength;

    /// <summary>Reads the next bytes without moving on; false if there are not as many.</summary>
    public readonly bool TryPeek(Span<byte> target)
    {
        if (Left < target.Length)
            return false;
        PieceReader ahead = this;
        ahead.Read(target);
        return true;
    }

    /// <summary>Reads the next bytes; there must be as many.</summary>
    public void Read(Span<byte> target)
    {
        Left -= target.Length;
        while (!target.IsEmpty)
        {
            ReadOnlySpan<byte> piece = pieces[_piece][_offset..];
            int length = Math.Min(piece.Length, target.Length);
            piece[..length].CopyTo(target);
            target = target[length..];
            Advance(length, piece.Length);
        }
    }

    /// <summary>Passes over bytes, as far as there are any.</summary>
    public void Skip(int length)
    {
        length = Math.Min(length, Left);
        Left -= length;
        while (length > 0)
        {
            int rest = pieces[_piece].Length - _offset;
            int step = Math.Min(rest, length);
            length -= step;
            Advance(step, rest);
        }
    }

    private void Advance(int length, int rest)
    {
        _offset += length;
        if (length == rest)
        {
            _piece++;
            _offset = 0;
        }
    }
}
