using System.Text;
using UpcallActors.OpenFlow;

namespace UpcallActors.Switch;

/// <summary>
/// Whether actions say the same. Its memory is used over and over, there being two texts for each flow; and flows of one file that do the
/// same share their list, so that the answer is often the one before. Single owner.
/// </summary>
internal sealed class ActionTextComparison
{
    private readonly StringBuilder _one = new();
    private readonly StringBuilder _other = new();
    private (ActionList One, ActionList Other, bool AreEqual)? _last;

    public bool AreEqual(ActionList? one, ActionList? other)
    {
        if (ReferenceEquals(one, other))
            return true;
        if (one is null || other is null)
            return false;
        if (_last is { } last && ReferenceEquals(last.One, one) && ReferenceEquals(last.Other, other))
            return last.AreEqual;
        one.Format(_one.Clear());
        other.Format(_other.Clear());
        bool areEqual = _one.Equals(_other);
        _last = (one, other, areEqual);
        return areEqual;
    }
}
