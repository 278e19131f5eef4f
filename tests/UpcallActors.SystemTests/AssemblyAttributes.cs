// One at a time: they share the machine's processors with the daemons that they start, and some have a time to keep.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
