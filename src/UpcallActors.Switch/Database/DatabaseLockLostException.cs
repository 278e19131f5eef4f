using System.Diagnostics.CodeAnalysis;

namespace UpcallActors.Switch;

/// <summary>Another process has the lock of the database, which was ours: two switches must not have one datapath.</summary>
[SuppressMessage("Design", "CA1032:Implement standard exception constructors", Justification = "There is one thing to say.")]
[SuppressMessage("Design", "CA1064:Exceptions should be public", Justification = "The daemon alone has a database.")]
internal sealed class DatabaseLockLostException() : Exception("another process has the lock of the database");
