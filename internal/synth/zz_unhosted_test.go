package synth
import ("testing";"fmt";"strings")
func TestUnhostedScratch(t *testing.T){
 for _, o := range []Options{{Persons:5000,Months:3,Seed:7},{Persons:5000,Months:12,Seed:8}} {
 o.Out=t.TempDir()
 st,err:=Generate(o); if err!=nil {t.Fatal(err)}
 var low []string
 for _,c:=range cards { if st.Truth[c+" plant"]<5||st.Truth[c+" near_miss"]<1 { low=append(low, fmt.Sprint(c,":",st.Truth[c+" plant"],"/",st.Truth[c+" near_miss"])) } }
 fmt.Println(o.Months, strings.Join(low," "))
 fmt.Println("rows", st.Rows)
 }
}
