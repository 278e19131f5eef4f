using UpcallActors.Linux;

namespace UpcallActors.Odp;

/// <summary>A datapath refused something that was asked of it as a whole (a port, a dump); the message says what and why.</summary>
public sealed class DatapathException : Exception
{
    /// <summary>Makes one without text.</summary>
    public DatapathException()
    {
    }

    /// <summary>Makes one with what happened.</summary>
    public DatapathException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with what happened and its cause.</summary>
    public DatapathException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Makes one for a refusal with an error.</summary>
    public DatapathException(string message, Errno error)
        : base(message) => Error = error;

    /// <summary>The error of the refusal; none where something else went wrong.</summary>
    public Errno Error { get; }
}
