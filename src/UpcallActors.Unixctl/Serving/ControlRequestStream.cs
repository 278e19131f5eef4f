using System.Text.Json;

namespace UpcallActors.Unixctl;

/// <summary>
/// Takes requests out of a client's bytes: JSON objects one behind the other with nothing or white space between them, in
/// pieces of whatever size. Memory is bound by the longest message allowed. Single owner.
/// </summary>
internal sealed class ControlRequestStream(int longestMessage)
{
    private const int FirstLength = 1024;

    private byte[] _buffer = [];
    private int _start;
    private int _scanned;
    private int _end;
    private JsonReaderState _state;

    /// <summary>What is wrong, after <see cref="Step.Broken"/>.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Whether a message has begun that is not whole yet.</summary>
    public bool IsPartial => _start < _end;

    /// <summary>What a look at the stream gave.</summary>
    internal enum Step
    {
        /// <summary>The rest of a message is still to come.</summary>
        NeedsMore,

        /// <summary>A request.</summary>
        Request,

        /// <summary>Not the protocol: nothing behind this can be understood.</summary>
        Broken,
    }

    /// <summary>Where the next bytes go; never empty after <see cref="Step.NeedsMore"/>.</summary>
    public Memory<byte> Free
    {
        get
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start.._end).CopyTo(_buffer);
                _scanned -= _start;
                _end -= _start;
                _start = 0;
            }

            if (_end == _buffer.Length)
                Array.Resize(ref _buffer, Math.Min(Math.Max(FirstLength, _buffer.Length * 2), longestMessage));
            return _buffer.AsMemory(_end);
        }
    }

    /// <summary>Says how many bytes were put into <see cref="Free"/>.</summary>
    public void Added(int bytes) => _end += bytes;

    /// <summary>Takes the next request, if it is there.</summary>
    public Step TryTake(out ControlRequest? request)
    {
        request = null;
        SkipBlanks();
        if (_start == _end)
            return Step.NeedsMore;
        if (_buffer[_start] != '{')
            return Break("not the beginning of a JSON object");
        try
        {
            if (!IsWhole())
                return _end - _start < longestMessage ? Step.NeedsMore : Break($"a request of more than {longestMessage} bytes");
        }
        catch (JsonException malformed)
        {
            return Break($"no JSON: {malformed.Message}");
        }

        request = ControlRequest.Parse(_buffer.AsMemory(_start.._scanned), out string problem);
        _start = _scanned;
        _state = default;
        return request != null ? Step.Request : Break(problem);
    }

    private void SkipBlanks()
    {
        // Inside a message blanks are the JSON reader's.
        if (_scanned > _start)
            return;
        while (_start < _end && _buffer[_start] is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            _start++;
        _scanned = _start;
    }

    /// <summary>Scans on, from where the last token ended, to the end of the object.</summary>
    private bool IsWhole()
    {
        var reader = new Utf8JsonReader(_buffer.AsSpan(_scanned.._end), isFinalBlock: false, _state);
        bool isWhole = false;
        while (!isWhole && reader.Read())
            isWhole = reader.TokenType == JsonTokenType.EndObject && reader.CurrentDepth == 0;
        _scanned += (int)reader.BytesConsumed;
        _state = reader.CurrentState;
        return isWhole;
    }

    private Step Break(string problem)
    {
        Problem = problem;
        return Step.Broken;
    }
}
