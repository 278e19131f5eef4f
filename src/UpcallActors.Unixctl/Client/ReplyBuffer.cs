namespace UpcallActors.Unixctl;

/// <summary>
/// Bytes of an answer as they come, and where it ends: answers are objects without anything between them, so that braces
/// outside of strings are counted. Each byte is looked at once. What is within the braces is the parser's to judge.
/// </summary>
/// <param name="longest">Bytes of the longest answer.</param>
/// <param name="program">The name of the program that answers.</param>
internal sealed class ReplyBuffer(int longest, string program)
{
    private byte[] _bytes = new byte[4096];
    private int _count;
    private int _scanned;
    private int _start = -1;
    private int _depth;
    private bool _inString;
    private bool _escaped;

    /// <summary>
    /// Room for more bytes, never empty; it grows up to the longest answer.
    /// Throws <see cref="DaemonClientException"/> when that is reached.
    /// </summary>
    public Memory<byte> Free
    {
        get
        {
            if (_count == _bytes.Length)
            {
                if (_count >= longest)
                    throw new DaemonClientException($"the daemon's answer has more than {longest} bytes");
                Array.Resize(ref _bytes, Math.Min(longest, 2 * _bytes.Length));
            }

            return _bytes.AsMemory(_count);
        }
    }

    /// <summary>Says that bytes were put into <see cref="Free"/>.</summary>
    public void Added(int count) => _count += count;

    /// <summary>
    /// Takes the next whole object; false when more bytes are needed. Throws
    /// <see cref="DaemonClientException"/> when what comes begins with no object.
    /// </summary>
    public bool TryTake(out ReadOnlyMemory<byte> answer)
    {
        answer = default;
        for (; _scanned < _count; _scanned++)
        {
            byte next = _bytes[_scanned];
            if (_start < 0)
            {
                if (next is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
                    continue;
                if (next != (byte)'{')
                    throw new DaemonClientException($"the answer is not from an {program} daemon");
                _start = _scanned;
            }

            if (Ends(next))
            {
                answer = _bytes.AsSpan(_start..(_scanned + 1)).ToArray();
                _bytes.AsSpan((_scanned + 1).._count).CopyTo(_bytes);
                _count -= _scanned + 1;
                _scanned = 0;
                _start = -1;
                return true;
            }
        }

        return false;
    }

    private bool Ends(byte next)
    {
        if (_escaped)
            _escaped = false;
        else if (_inString)
            (_inString, _escaped) = (next != (byte)'"', next == (byte)'\\');
        else if (next == (byte)'"')
            _inString = true;
        else if (next is (byte)'{' or (byte)'[')
            _depth++;
        else if (next is (byte)'}' or (byte)']')
            return --_depth == 0;
        return false;
    }
}
