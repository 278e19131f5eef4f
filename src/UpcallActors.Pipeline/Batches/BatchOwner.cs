namespace UpcallActors.Pipeline;

/// <summary>Who holds a batch. Exactly one does at any time; a <c>Tell</c> hands it to the next.</summary>
internal enum BatchOwner : byte
{
    /// <summary>No owner: the batch is a credit in its pool.</summary>
    Pool,

    /// <summary>The receiver fills it.</summary>
    Receiver,

    /// <summary>The router, or its mailbox.</summary>
    Router,

    /// <summary>The translator, or its mailbox.</summary>
    Translator,

    /// <summary>The executor, or its mailbox.</summary>
    Executor,
}
