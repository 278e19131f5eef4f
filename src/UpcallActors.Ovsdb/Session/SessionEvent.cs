using System.Collections.Immutable;

namespace UpcallActors.Ovsdb;

/// <summary>Something that a session has heard.</summary>
internal abstract record SessionEvent;

/// <summary>The copy is whole, and other than before: it was made anew.</summary>
internal sealed record ContentsArrived : SessionEvent;

/// <summary>Rows of the copy have changed.</summary>
internal sealed record ContentsChanged(ImmutableArray<RowUpdate> Changes) : SessionEvent;

/// <summary>We have the lock now, or another client has it.</summary>
internal sealed record LockChanged(bool IsHeld) : SessionEvent;

/// <summary>A transaction has ended.</summary>
/// <param name="Id">Of <see cref="OvsdbSession.Transact"/>.</param>
/// <param name="Error">Why it was not done; null if it was.</param>
internal sealed record TransactionEnded(long Id, string? Error) : SessionEvent;

/// <summary>The session is of no use any more: connect again.</summary>
/// <param name="Reason">Why, for people.</param>
/// <param name="IsAtOnce">Whether there is no reason to wait before, as the server is well.</param>
internal sealed record SessionEnded(string Reason, bool IsAtOnce) : SessionEvent;
