using UpcallActors.Linux;

namespace UpcallActors.Unixctl;

/// <summary>Takes requests out of a client's bytes, in pieces of whatever size. Single owner.</summary>
internal sealed class ControlRequestStream(int longestMessage)
{
    private readonly JsonObjectStream _objects = new(longestMessage);
    private string? _refusal;

    /// <summary>What is wrong, after <see cref="Step.Broken"/>.</summary>
    public string Problem => _refusal ?? _objects.Problem;

    /// <summary>Whether a message has begun that is not whole yet.</summary>
    public bool IsPartial => _objects.IsPartial;

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
    public Memory<byte> Free => _objects.Free;

    /// <summary>Says how many bytes were put into <see cref="Free"/>.</summary>
    public void Added(int bytes) => _objects.Added(bytes);

    /// <summary>Takes the next request, if it is there.</summary>
    public Step TryTake(out ControlRequest? request)
    {
        request = null;
        JsonStreamState state = _objects.TryTake(out ReadOnlyMemory<byte> taken);
        if (state != JsonStreamState.Object)
            return state == JsonStreamState.Broken ? Step.Broken : Step.NeedsMore;
        request = ControlRequest.Parse(taken, out string problem);
        if (request is not null)
            return Step.Request;
        _refusal = problem;
        return Step.Broken;
    }
}
