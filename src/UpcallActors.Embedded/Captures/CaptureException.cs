namespace UpcallActors.Embedded;

/// <summary>A capture file cannot serve as a port's input; the message names the file and says why.</summary>
public sealed class CaptureException : Exception
{
    /// <summary>Makes one.</summary>
    public CaptureException()
    {
    }

    /// <summary>Makes one with a message.</summary>
    public CaptureException(string message)
        : base(message)
    {
    }

    /// <summary>Makes one with a message and a cause.</summary>
    public CaptureException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
