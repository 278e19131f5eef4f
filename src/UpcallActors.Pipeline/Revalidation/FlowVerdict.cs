namespace UpcallActors.Pipeline;

/// <summary>What is to become of a flow.</summary>
internal enum FlowVerdict
{
    /// <summary>It stays as it is.</summary>
    Keep,

    /// <summary>It gets other actions.</summary>
    Modify,

    /// <summary>It gets other actions, which differ from those it has in recirculation ids or Netlink port ids alone.</summary>
    ModifyIds,

    /// <summary>It must go.</summary>
    Delete,

    /// <summary>It must go: the meaning of its recirculation id is unknown.</summary>
    DeleteUnknownContext,
}
