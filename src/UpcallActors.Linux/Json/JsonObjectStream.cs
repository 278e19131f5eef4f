using System.Text.Json;

namespace UpcallActors.Linux;

/// <summary>What a look at a stream of JSON objects gave.</summary>
internal enum JsonStreamState
{
    /// <summary>The rest of an object is still to come.</summary>
    NeedsMore,

    /// <summary>A whole object.</summary>
    Object,

    /// <summary>No object: nothing behind this can be understood.</summary>
    Broken,
}

/// <summary>
/// Takes objects out of a peer's bytes: one behind the other with nothing or white space between them, in pieces of whatever size. Each
/// byte is looked at once. Memory is bound by the longest object allowed. Single owner.
/// </summary>
/// <param name="longest">Bytes of the longest object.</param>
internal sealed class JsonObjectStream(int longest)
{
    private const int FirstLength = 4096;

    private byte[] _buffer = [];
    private int _start;
    private int _scanned;
    private int _end;
    private JsonReaderState _state;

    /// <summary>What is wrong, after <see cref="JsonStreamState.Broken"/>.</summary>
    public string Problem { get; private set; } = "";

    /// <summary>Whether an object has begun that is not whole yet.</summary>
    public bool IsPartial => _start < _end;

    /// <summary>Where the next bytes go; never empty after <see cref="JsonStreamState.NeedsMore"/>.</summary>
    public Memory<byte> Free
    {
        get
        {
            if (_start > 0 && (_start == _end || _end == _buffer.Length))
            {
                _buffer.AsSpan(_start.._end).CopyTo(_buffer);
                _scanned -= _start;
                _end -= _start;
                _start = 0;
            }

            if (_end == _buffer.Length)
                Array.Resize(ref _buffer, Math.Min(Math.Max(FirstLength, _buffer.Length * 2), longest));
            return _buffer.AsMemory(_end);
        }
    }

    /// <summary>Says how many bytes were put into <see cref="Free"/>.</summary>
    public void Added(int bytes) => _end += bytes;

    /// <summary>Takes the next object, if it is there. It is good until the next use of the stream.</summary>
    public JsonStreamState TryTake(out ReadOnlyMemory<byte> taken)
    {
        taken = default;
        SkipBlanks();
        if (_start == _end)
            return JsonStreamState.NeedsMore;
        if (_buffer[_start] != '{')
            return Break("not the beginning of a JSON object");
        try
        {
            if (!IsWhole())
                return _end - _start < longest ? JsonStreamState.NeedsMore : Break($"an object of more than {longest} bytes");
        }
        catch (JsonException malformed)
        {
            return Break($"no JSON: {malformed.Message}");
        }

        taken = _buffer.AsMemory(_start.._scanned);
        _start = _scanned;
        _state = default;
        return JsonStreamState.Object;
    }

    private void SkipBlanks()
    {
        // Inside an object blanks are the JSON reader's.
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

    private JsonStreamState Break(string problem)
    {
        Problem = problem;
        return JsonStreamState.Broken;
    }
}
