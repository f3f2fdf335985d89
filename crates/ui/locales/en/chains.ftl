chains-title = Chains of transmission
chains-of = Chains of transmission, { $region }
chains-none = No case
chains-none-how = Cases appear here once they are entered; sources come from “Who infected whom”, or from contacts.
chains-disease = Disease
chains-by = By
chains-by-onset = Onset
chains-by-report = Reported
chains-show = Show
chains-cluster = Cluster { $n } only.
chains-all = Show all
chains-zoom-in = Larger
chains-zoom-out = Smaller
chains-zoom-whole = Whole picture
chains-point = Point at a case to follow its chain.
chains-point-bar = Each bar is a cluster; open one to see its cases.
chains-open = Open the file
chains-no-day = Day not known
chains-key-first = Case without a known source
chains-key-case = Case with a source
chains-key-found = Source found by the investigation
chains-key-contact = Contact only
chains-key-faint = Outside of what is asked for
chains-figures = Figures
chains-clusters = { $n ->
    [one] One cluster of two cases or more
   *[other] { $n } clusters of two cases or more
}
chains-clusters-name = Clusters
chains-cluster-col = Cluster
chains-cluster-n = Cluster { $n }
chains-first = First case
chains-size = Cases
chains-last-generation = Last generation
chains-days = Days of onset
chains-alone = { $n ->
    [one] One more case has no known link: its source is unknown, which is not the same as none.
   *[other] { $n } more cases have no known link: their sources are unknown, which is not the same as none.
}
chains-cases = Cases ({ $n })
chains-cases-some = The first { $n } rows; the download has all.
chains-cases-name = Cases
chains-case = Case
chains-class = Class
chains-generation = Generation
chains-source = Source
chains-source-unknown = unknown
chains-contact-only = contact
chains-interval = Serial interval (days)
chains-infected = Infected
trace-of = Contacts traced from { $name }
trace-file = Open the file
trace-found = { $hops ->
    [0] Nobody found
    [one] { $n } people within one hop
   *[other] { $n } people within { $hops } hops
}
trace-cut = There are more than { $n } people; the rest were not followed.
trace-none = No contact on record
trace-none-how = Once contacts are entered, people up to four hops away can be traced from here.
trace-hop = Hop { $hop }: { $n } people, { $cases } of them cases
trace-who = Who
trace-from = Through
trace-at = Last contact
trace-link = Trace contacts
chains-outbreaks = Outbreaks
