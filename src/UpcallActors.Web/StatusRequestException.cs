namespace UpcallActors.Web;

/// <summary>A request cannot be answered; the message says why.</summary>
public sealed class StatusRequestException : Exception
{
    /// <summary>For the runtime.</summary>
    public StatusRequestException()
    {
    }

    /// <summary>With a reason.</summary>
    public StatusRequestException(string message)
        : base(message)
    {
    }

    /// <summary>With a reason and what caused it.</summary>
    public StatusRequestException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
