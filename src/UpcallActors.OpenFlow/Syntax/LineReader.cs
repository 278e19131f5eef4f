using System.Buffers;

namespace UpcallActors.OpenFlow;

/// <summary>
/// Reads a text line by line without a string for each. A line ends with a line feed, or a carriage return and a line feed, as a file for
/// <c>ovs-ofctl</c> does (<c>ds_get_line</c>). One thread; disposing gives the memory back and leaves the reader open.
/// </summary>
internal sealed class LineReader(TextReader reader) : IDisposable
{
    private const int FirstSize = 16 * 1024;
    private const int LongestLine = 1 << 24;

    private char[] _buffer = ArrayPool<char>.Shared.Rent(FirstSize);
    private int _start;
    private int _end;
    private bool _isAtEnd;

    /// <summary>The number of the line that was read last, from 1.</summary>
    public int Number { get; private set; }

    /// <summary>
    /// The next line, valid until the next call; false at the end of the text. Throws <see cref="IOException"/> on a line that no flow has.
    /// </summary>
    public bool TryRead(out ReadOnlySpan<char> line)
    {
        int looked = 0;
        while (true)
        {
            int length = _buffer.AsSpan(_start + looked, _end - _start - looked).IndexOf('\n');
            if (length >= 0)
            {
                line = Take(looked + length, 1);
                return true;
            }

            looked = _end - _start;
            if (_isAtEnd)
                break;
            Fill();
        }

        line = Take(looked, 0);
        return looked > 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        ArrayPool<char>.Shared.Return(_buffer);
        _buffer = [];
    }

    private ReadOnlySpan<char> Take(int length, int separator)
    {
        ReadOnlySpan<char> line = _buffer.AsSpan(_start, length);
        _start += length + separator;
        Number++;
        return line.EndsWith('\r') ? line[..^1] : line;
    }

    private void Fill()
    {
        if (_start > 0)
        {
            _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
            _end -= _start;
            _start = 0;
        }

        if (_end == _buffer.Length)
        {
            if (_end > LongestLine)
                throw new IOException($"line {Number + 1} is longer than {LongestLine} characters");
            char[] larger = ArrayPool<char>.Shared.Rent(_buffer.Length * 2);
            _buffer.CopyTo(larger, 0);
            ArrayPool<char>.Shared.Return(_buffer);
            _buffer = larger;
        }

        int read = reader.Read(_buffer, _end, _buffer.Length - _end);
        _end += read;
        _isAtEnd = read == 0;
    }
}
